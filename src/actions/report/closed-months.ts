/** Closed months as the journal has them, and what a report says of one. */
import { type ClosedMonth, differencesBetween, digestOf } from "../../report/closing.ts";
import type { ReportModel } from "../../report/model.ts";
import type { Speech } from "../../report/sentence.ts";
import type { ReadableStore } from "../../store/types.ts";

export const CLOSED_MONTH = "closed-month";
export const RESTATEMENT = "restatement";

/** A closed month whose numbers do not fit their digest any more (exit code 27). */
export class ClosedMonthError extends Error {
  readonly code = "closed-month-damaged";
  readonly exitCode = 27;
  readonly fix = "take the store from a backup; nothing was written";
}

/** A closed month as it stands; undefined when it is not closed. @throws ClosedMonthError */
export function standingMonth(store: ReadableStore, month: string): ClosedMonth | undefined {
  const entry =
    store.journal.latest<ClosedMonth>(RESTATEMENT, month) ??
    store.journal.latest<ClosedMonth>(CLOSED_MONTH, month);
  if (entry && digestOf(entry.body.numbers) !== entry.body.sha256)
    throw new ClosedMonthError(`the numbers of ${month} do not fit the digest they were closed with`);
  return entry?.body;
}

/** A report on a closed month says so, and whether its numbers are others now: what was closed stands. */
export function withClosing(
  model: ReportModel,
  closed: ClosedMonth | undefined,
  speech: Speech,
): ReportModel {
  if (!closed) return model;
  const { format, word } = speech;
  const fact = {
    label: word(closed.reason === undefined ? "closedAt" : "restatedAt"),
    value: `${format.dateTime(closed.closedMs)}, SHA-256 ${closed.sha256.slice(0, 12)}`,
  };
  const facts = [...model.facts, fact];
  if (model.kind !== "availability" || model.scopeIsWhole === false) return { ...model, facts };
  const only = (links: ClosedMonth["numbers"]["links"]) => ({
    links,
    agencies: [],
    carriers: [],
    communes: [],
    incidents: [],
  });
  // Names follow the language; numbers do not.
  const differences = differencesBetween(
    only(closed.numbers.links),
    only(JSON.parse(JSON.stringify(model.sections[0].table.rows))),
  ).filter(({ field }) => field === undefined || !["agency", "name"].includes(field));
  if (differences.length === 0) return { ...model, facts };
  const notice = word("closedDiffers", {
    at: format.dateTime(closed.closedMs),
    count: format.integer(differences.length),
  });
  return { ...model, facts, notices: [...model.notices, notice] };
}
