import type { SubjectState } from "../types.ts";

/** Reasons of unknown of a device that answers. */
const ANSWERS: ReadonlySet<string> = new Set(["refused", "unauthenticated", "invalid-answer"]);

/** Whether a snapshot that does not show a fault shows its absence. */
export function isMeasured({ state, reasons, near }: SubjectState, code: string): boolean {
  // Who refuses to be asked answers.
  if (state === "unknown" && code === "outage") return reasons.some((why) => ANSWERS.has(why.code));
  if (state !== "up" && state !== "degraded") return false;
  if (code === "outage" || code === "restart") return true;
  return !near?.includes(code) && !reasons.some((why) => why.code === "partial");
}
