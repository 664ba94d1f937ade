import { statesWorstFirst } from "../health/reasons.ts";
import type { State, SubjectKind, SubjectState } from "../health/types.ts";
import type { WordKey } from "./messages/messages.ts";
import type { StateCount } from "./model.ts";
import type { Speech } from "./sentence.ts";

const words: Readonly<Partial<Record<SubjectKind, WordKey>>> = {
  agency: "agencies",
  link: "links",
  device: "devices",
  site: "sites",
  interface: "interfaces",
  component: "parts",
};

/** Counts the states of some subjects. */
export function countStates(speech: Speech, kind: SubjectKind, subjects: Iterable<SubjectState>): StateCount {
  const counts: Record<State, number> = { up: 0, degraded: 0, down: 0, unreachable: 0, unknown: 0 };
  let total = 0;
  for (const { state } of subjects) {
    counts[state]++;
    total++;
  }
  return { kind, label: speech.word(words[kind] ?? "total"), counts, total };
}

/** "187 agencies: 2 down, 5 unreachable, 180 up", worst first, without what is zero. */
export function countSentence(speech: Speech, { label, counts, total }: StateCount): string {
  const parts = statesWorstFirst
    .filter((state) => counts[state] > 0)
    .map((state) => `${speech.format.integer(counts[state])} ${speech.messages.states[state].toLowerCase()}`);
  return speech.word("stateCounts", {
    total: speech.format.integer(total),
    what: label.toLowerCase(),
    counts: parts.join(", ") || "0",
  });
}
