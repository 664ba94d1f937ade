/** The parts that all reports have in common. */

import type { SubjectKind, SubjectState } from "../health/types.ts";
import { localMs } from "../inventory/wall-clock.ts";
import { type AttentionScope, attentionTable } from "./attention.ts";
import type { Prepared } from "./input.ts";
import { letterheadOf } from "./letterhead.ts";
import { reportMap } from "./map.ts";
import type { WordKey } from "./messages/messages.ts";
import type { Figure, ReportKind, ReportModel, ReportSection } from "./model.ts";
import { countStates } from "./summary.ts";

/** Data older than this is not called "now". */
const STALE_MS = 15 * 60_000;

/** What a report adds to the frame. */
export interface ReportBody {
  kind: ReportKind;
  /** Kinds to count, each with its subjects in scope. */
  counted: readonly (readonly [SubjectKind, readonly SubjectState[]])[];
  attention: AttentionScope;
  sections: readonly [ReportSection, ...ReportSection[]];
  withMap?: boolean;
  rules?: readonly WordKey[];
  figures?: readonly Figure[];
  /** Absent: whether anything counted is not up. */
  hasFindings?: boolean;
}

const titles: Readonly<Record<ReportKind, WordKey>> = {
  wan: "wanTitle",
  lan: "lanTitle",
  device: "deviceTitle",
  agency: "agencyTitle",
  availability: "availabilityTitle",
  incident: "incidentTitle",
  capacity: "capacityTitle",
  coverage: "coverageTitle",
};

/** A whole report from its body. */
export function frame(input: Prepared, body: ReportBody): ReportModel {
  const { inventory, health, language, speech, facts } = input;
  const period = facts ?? input.period;
  const { province } = inventory;
  const { word, format } = speech;
  const center =
    language === "en" ? (province.center?.nameEn ?? province.center?.name) : province.center?.name;
  const map = body.withMap ? reportMap(input) : undefined;
  const periodText = period && (monthText(input, period) ?? spanText(input, period));
  return {
    kind: body.kind,
    language,
    title: periodText ? `${word(titles[body.kind])}, ${periodText}` : word(titles[body.kind]),
    province: language === "en" ? (province.nameEn ?? province.name) : province.name,
    ...(center && { center }),
    atMs: health.atMs,
    ...(period && { period: { fromMs: period.fromMs, toMs: period.toMs } }),
    facts: [
      { label: word("dataOf"), value: format.dateTime(health.atMs) },
      { label: word("scope"), value: scopeText(input) },
      { label: word("timeZone"), value: province.timeZone },
      { label: word("madeAt"), value: format.dateTime(input.madeAtMs) },
      { label: word("revision"), value: inventory.contentHash.slice(0, 12) },
    ],
    notices: notices(input),
    summary: body.counted.map(([kind, subjects]) => countStates(speech, kind, subjects)),
    // A report on a period tells what was; what is broken now is the business of the others.
    attention: facts
      ? { title: speech.word("attention"), columns: [], rows: [] }
      : attentionTable(input, body.attention),
    ...(body.figures && { figures: body.figures }),
    ...(facts && { letterhead: letterheadOf(input) }),
    ...(map && { map }),
    sections: body.sections,
    rules: [...(facts ? [] : ["ruleStates" as const]), ...(period ? (body.rules ?? []) : [])].map((key) =>
      word(key),
    ),
    scopeIsWhole: input.scope.isWhole,
    hasFindings:
      body.hasFindings ??
      body.counted.some(([, subjects]) =>
        subjects.some(({ state }) => state === "down" || state === "unreachable" || state === "degraded"),
      ),
  };
}

function spanText({ speech }: Prepared, { fromMs, toMs }: { fromMs: number; toMs: number }): string {
  const { format, word } = speech;
  return word("ofPeriod", { from: format.dateTime(fromMs), to: format.dateTime(toMs) });
}

/** A whole calendar month by its name. */
function monthText(
  { speech, inventory }: Prepared,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): string | undefined {
  const { timeZone } = inventory.province;
  const [from, to] = [new Date(localMs(fromMs, timeZone)), new Date(localMs(toMs, timeZone))];
  const next = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1);
  if (from.getUTCDate() !== 1 || from.getTime() % 86_400_000 !== 0 || to.getTime() !== next) return undefined;
  return speech.word("ofMonth", {
    month: String(from.getUTCMonth() + 1),
    year: String(from.getUTCFullYear()),
  });
}

function scopeText({ filter = {}, speech }: Prepared): string {
  const { names, word, messages } = speech;
  const parts = [
    ...(filter.agencies ?? []).map((id) => names.agency(id)),
    ...(filter.devices ?? []).map((id) => `${messages.subjects.device.toLowerCase()} ${names.device(id)}`),
    ...(filter.links ?? []).map((id) => `${messages.subjects.link.toLowerCase()} ${names.link(id)}`),
    ...(filter.carriers ?? []).map((carrier) => `${word("carrier").toLowerCase()} ${carrier}`),
    ...(filter.states ?? []).map((state) => messages.states[state].toLowerCase()),
  ];
  return parts.length > 0 ? parts.join(", ") : word("wholeProvince");
}

function notices({ samples, health, madeAtMs, period, facts, speech }: Prepared): string[] {
  if (facts) return facts.states.size === 0 ? [speech.word("nothingRecorded")] : [];
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const series of samples.values())
    newestMs = Math.max(newestMs, series.at(-1)?.sample.atMs ?? newestMs);
  if (newestMs === Number.NEGATIVE_INFINITY) return [speech.word("noSamples")];
  const ageMs = (period ? health.atMs : madeAtMs) - newestMs;
  if (ageMs <= STALE_MS) return [];
  const { format } = speech;
  return [speech.word("staleData", { at: format.dateTime(newestMs), age: format.duration(ageMs / 1000) })];
}

/** The states of some ids, in their order. */
export function statesOf(states: ReadonlyMap<string, SubjectState>, ids: Iterable<string>): SubjectState[] {
  const found: SubjectState[] = [];
  for (const id of ids) {
    const state = states.get(id);
    if (state) found.push(state);
  }
  return found;
}
