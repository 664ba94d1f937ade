/** What people say of incidents, and incidents as they then read. */
import type { Annotation, CauseKind, Incident } from "./types.ts";

/** An incident with what people added; the newest attribution of a person stands above the rule's. */
export interface AnnotatedIncident {
  incident: Incident;
  annotations: readonly Annotation[];
  acknowledged?: Extract<Annotation, { kind: "ack" }>;
  /** Whose fault it was, by a person or by the rule. */
  cause: CauseKind;
  attributedBy: "rule" | "person";
}

export function annotated(incident: Incident, annotations: readonly Annotation[]): AnnotatedIncident {
  const own = annotations.filter((one) => one.incident === incident.id).toSorted((x, y) => x.atMs - y.atMs);
  const acknowledged = own.findLast((one) => one.kind === "ack");
  const attribution = own.findLast((one) => one.kind === "attribution");
  return {
    incident,
    annotations: own,
    ...(acknowledged && { acknowledged }),
    cause: attribution?.cause ?? incident.cause.kind,
    attributedBy: attribution ? "person" : "rule",
  };
}
