import type { Closing } from "./close.ts";

/** Differences told before the rest is counted. */
const TOLD = 20;

/** What closing a month came to, for people. */
export function closingWords({ outcome, standing, differences }: Closing): string {
  const { month, sha256, inventoryRevision, by, closedMs } = standing;
  const head = {
    closed: `${month} is closed.`,
    unchanged: `${month} was closed already, and its numbers are the same now.`,
    differs: `${month} is closed, and ${differences.length} numbers are others now; --restate REASON states them anew.`,
    restated: `${month} is restated: ${differences.length} numbers are others than before.`,
  }[outcome];
  const shown = differences
    .slice(0, TOLD)
    .map(({ table, id, field, before, after }) =>
      field === undefined
        ? `  ${table} ${id}: only in one of both`
        : `  ${table} ${id} ${field}: ${String(before ?? "–")} → ${String(after ?? "–")}`,
    );
  const more =
    differences.length > TOLD ? [`  and ${differences.length - TOLD} more (--json has them all)`] : [];
  return [
    head,
    ...shown,
    ...more,
    `SHA-256      ${sha256}`,
    `inventory    ${inventoryRevision.slice(0, 12)}`,
    `by           ${by}, ${new Date(closedMs).toISOString()}`,
    "",
  ].join("\n");
}
