/** A syslog line as far as a hint needs it: RFC 5424, RFC 3164 and what network equipment makes of it. Pure. */
import type { HintName } from "./types.ts";

export interface SyslogMessage {
  /** 0 emergency … 7 debug (RFC 5424 6.2.1). */
  severity: number;
  facility: number;
  /** "%LINK-3-UPDOWN", an application's name; "" when there is none. Hostile. */
  tag: string;
  /** The text, its control characters taken out, at most 1,024 characters. Hostile. */
  text: string;
}

/** RFC 5424 6.1 lets receivers cut at 2,048 octets; the words that matter to us stand well before. */
const MOST_OCTETS = 2048;
const MOST_TEXT = 1024;
/** facility.severity as one number: 23 × 8 + 7. */
const MOST_PRIORITY = 191;
/** From this severity on a message is a hint by itself: warning, error, critical … */
const WARNING = 4;

/** What to call messages of the larger vendors: Cisco IOS and NX-OS, Huawei VRP, Juniper, MikroTik, FortiOS, Linux. */
const wordings: readonly (readonly [HintName, RegExp])[] = [
  ["lastGasp", /\bdying[ _-]?gasp\b|_DYING_GASP\b/i],
  [
    "linkDown",
    /\bUPDOWN\b.*\bdown\b|(?:\b|_)(?:LINK_DOWN|IF_DOWN|linkDown|PORT_DOWN|LINK_STATE_DOWN)\b|\blink (?:is )?down\b|\binterface .*\bdown\b/i,
  ],
  [
    "linkUp",
    /\bUPDOWN\b.*\bup\b|(?:\b|_)(?:LINK_UP|IF_UP|linkUp|PORT_UP)\b|\blink (?:is )?up\b|\binterface .*\bup\b/i,
  ],
  ["coldStart", /\bSYS-5-RESTART\b|\bcoldStart\b|\bsystem (?:re)?start(?:ed|up)\b|\brouter rebooted\b/i],
  ["warmStart", /\bwarmStart\b/i],
  [
    "authenticationFailure",
    /\bauthentication fail(?:ure|ed)\b|\bAUTHFAIL\b|\bauthenticationFailure\b|\blogin fail(?:ure|ed)\b/i,
  ],
];

/** Reads one message; undefined when the octets do not begin with a priority. Never throws. */
export function parseSyslog(octets: Uint8Array): SyslogMessage | undefined {
  const line = cleaned(Buffer.from(octets.subarray(0, MOST_OCTETS)).toString("utf8"));
  const priority = /^<(\d{1,3})>/.exec(line);
  const number = Number(priority?.[1]);
  if (!priority || number > MOST_PRIORITY) return undefined;
  const rest = line.slice(priority[0].length);
  const { tag, text } = /^1 /.test(rest) ? read5424(rest.slice(2)) : read3164(rest);
  return { severity: number % 8, facility: Math.floor(number / 8), tag, text: text.slice(0, MOST_TEXT) };
}

/** TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]; "-" is nil. */
function read5424(rest: string): { tag: string; text: string } {
  const header = /^(\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /.exec(rest);
  if (!header) return { tag: "", text: rest };
  const [app, , id] = header.slice(3);
  const tag = [app, id].filter((word) => word !== "-").join(" ");
  return { tag, text: afterStructuredData(rest.slice(header[0].length)) };
}

/** Skips "-" or "[id name="value" …]…", in which quotes, brackets and backslashes are escaped by a backslash. */
function afterStructuredData(text: string): string {
  if (!text.startsWith("[")) return text.replace(/^-? ?/, "");
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted && character === "\\") at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === "]" && !isQuoted && text[at + 1] !== "[") return text.slice(at + 1).trimStart();
  }
  return "";
}

/** What follows the priority is a habit, not a format: the first word that looks like a tag is taken for it. */
function read3164(rest: string): { tag: string; text: string } {
  const mnemonic = /%%?\d{0,2}[A-Z][A-Z0-9_]*[-/]\d[-/][A-Za-z0-9_]+/.exec(rest)?.[0];
  if (mnemonic !== undefined) return { tag: mnemonic, text: rest };
  const tagged =
    /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?(?:\S+ )?([\w./-]{1,32})(?:\[[^\]]{0,32}\])?: /.exec(rest);
  return { tag: tagged?.[1] ?? "", text: rest };
}

/** What a message hints at; undefined for what is not worth a poll (a login, a saved configuration). */
export function hintOfSyslog({ severity, tag, text }: SyslogMessage): HintName | undefined {
  const said = `${tag} ${text}`;
  const named = wordings.find(([, wording]) => wording.test(said))?.[0];
  return named ?? (severity <= WARNING ? "other" : undefined);
}

function cleaned(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
}
