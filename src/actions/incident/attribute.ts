import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { CauseKind } from "../../health/incident/types.ts";
import { type AnnotateOptions, annotateIncident } from "./annotate.ts";

/** A person says whose fault it was; the rule's finding stays beside it. @throws as `annotateIncident` */
export function attributeIncident(
  options: AnnotateOptions & { cause: CauseKind; note?: string | undefined },
): Promise<AnnotatedIncident> {
  const { cause, note } = options;
  return annotateIncident(options, { kind: "attribution", cause, ...(note !== undefined && { note }) });
}
