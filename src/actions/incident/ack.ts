import type { AnnotatedIncident } from "../../health/incident/people.ts";
import { type AnnotateOptions, annotateIncident } from "./annotate.ts";

/** Somebody is at it. @throws as `annotateIncident` */
export function acknowledgeIncident(
  options: AnnotateOptions & { note?: string | undefined },
): Promise<AnnotatedIncident> {
  const { note } = options;
  return annotateIncident(options, { kind: "ack", ...(note !== undefined && { note }) });
}
