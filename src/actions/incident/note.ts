import type { AnnotatedIncident } from "../../health/incident/people.ts";
import { type AnnotateOptions, annotateIncident } from "./annotate.ts";

/** Something worth remembering of it. @throws as `annotateIncident` */
export function noteIncident(options: AnnotateOptions & { text: string }): Promise<AnnotatedIncident> {
  return annotateIncident(options, { kind: "note", text: options.text });
}
