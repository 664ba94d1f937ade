/** Reasons as sentences of a language. */
import type { Evidence } from "../health/incident/types.ts";
import type { Reason, SubjectKind, SubjectState } from "../health/types.ts";
import type { Format } from "./format.ts";
import type { Messages, WordKey } from "./messages/messages.ts";
import type { Names } from "./names.ts";

/** How a report says things. */
export interface Speech {
  messages: Messages;
  format: Format;
  names: Names;
  word(key: WordKey, values?: Readonly<Record<string, string>>): string;
  /** One reason, its subject in front when it was taken over from below. */
  reason(reason: Reason): string;
  /** What a cause rests on. */
  evidence(evidence: Evidence): string;
  /** Why a subject is as it is: its worst reasons, at most `most` (default 2), the rest counted. "" when there is nothing to say. */
  why(subject: SubjectState | undefined, most?: number): string;
}

const PLACEHOLDER = /\{([a-zA-Z]+)(?:\|([a-z]+))?\}/g;

export function createSpeech(messages: Messages, format: Format, names: Names): Speech {
  const word: Speech["word"] = (key, values) =>
    values
      ? messages.words[key].replace(PLACEHOLDER, (_all, name: string) => values[name] ?? "")
      : messages.words[key];

  const sentence = (why: Reason) =>
    ((messages.reasons as Record<string, string>)[why.code] ?? why.code)
      .replace(PLACEHOLDER, (_all, name: string, how: string | undefined) =>
        written(why.values[name], how, why.values),
      )
      .trimStart();
  const evidence: Speech["evidence"] = ({ code, values }) =>
    messages.evidence[code].replace(PLACEHOLDER, (_all, name: string, how: string | undefined) =>
      written(values[name], how, values),
    );
  const subject = (why: Reason) => (why.subject ? names.subject(why.subject.kind, why.subject.id) : "");
  const reason: Speech["reason"] = (why) => [subject(why), sentence(why)].filter(Boolean).join(": ");

  const why: Speech["why"] = (of, most = 2) => {
    if (!of || of.reasons.length === 0) return "";
    const telling = of.reasons.filter(({ severity }) => severity !== "info");
    const all = new Map((telling.length > 0 ? telling : of.reasons).map((found) => [reason(found), found]));
    let previous = "";
    const shown = [...all].slice(0, most).map(([whole, found]) => {
      // One subject is named once.
      const isSame = found.subject !== undefined && subject(found) === previous;
      previous = subject(found);
      return isSame ? sentence(found) : whole;
    });
    const left = all.size - most;
    return [...shown, ...(left > 0 ? [word("more", { count: format.integer(left) })] : [])].join("; ");
  };
  return { messages, format, names, word, reason, evidence, why };

  function written(
    value: string | number | undefined,
    how: string | undefined,
    values: Reason["values"],
  ): string {
    if (value === undefined) return "?";
    const number = typeof value === "number" ? value : Number(value);
    const table = (entries: object) => (entries as Record<string, string>)[String(value)] ?? String(value);
    switch (how) {
      case "percent":
        return Number.isFinite(number) ? format.percent(number) : String(value);
      case "number":
        return Number.isFinite(number)
          ? format.decimal(number, number < 1 && number > 0 ? 2 : 1)
          : String(value);
      case "integer":
        return Number.isFinite(number) ? format.integer(number) : String(value);
      case "duration":
        return format.duration(number);
      case "time":
        return format.dateTime(number);
      case "ms":
        return format.milliseconds(number);
      case "device":
        return names.device(String(value));
      case "link":
        return names.link(String(value));
      case "subject":
        return names.subject(values.kind as SubjectKind, String(value));
      case "kind":
        return messages.subjects[value as SubjectKind]?.toLowerCase() ?? String(value);
      case "class": {
        // "Fan Fan Tray 1" says it twice.
        const name = table(messages.classes);
        return String(values.label ?? "")
          .toLowerCase()
          .startsWith(name.toLowerCase())
          ? ""
          : name;
      }
      case "oper":
        return value === "down" ? "" : ` (${value})`;
      case "state":
        return table(messages.states);
      case "method":
        return table(messages.methods);
      case "direction":
        return table(messages.directions);
      default:
        return String(value);
    }
  }
}
