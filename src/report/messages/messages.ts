/** What every report language must say. A language is one file that satisfies this type. */
import type { ReasonCode } from "../../health/reasons.ts";
import type { State, SubjectKind } from "../../health/types.ts";
import type { Agency, Device, Link } from "../../inventory/model.ts";
import type { ComponentClass, Outcome } from "../../samples/types.ts";
import type { PeriodMessages, PeriodWordKey } from "./period.ts";

/**
 * Sentences hold placeholders: `{name}` or `{name|format}`. Formats: `percent`, `number`, `integer`, `duration`
 * (seconds), `time` (ms since the epoch), `ms`, `device`, `link`, `subject` (with the value `kind`), `state`,
 * `kind`, `class`, `method`, `direction`, `oper` (a status besides down, in parentheses). A test compares the placeholders of all languages.
 */
export interface Messages extends PeriodMessages {
  states: Readonly<Record<State, string>>;
  subjects: Readonly<Record<SubjectKind, string>>;
  /** Sentences of reasons, without the subject and without a full stop. */
  reasons: Readonly<Record<ReasonCode, string>>;
  roles: Readonly<Record<Device["role"], string>>;
  linkKinds: Readonly<Record<Link["kind"], string>>;
  linkRoles: Readonly<Record<"primary" | "backup", string>>;
  agencyKinds: Readonly<Record<Agency["kind"], string>>;
  classes: Readonly<Record<ComponentClass, string>>;
  outcomes: Readonly<Record<Outcome, string>>;
  methods: Readonly<Record<"icmp" | "snmp" | "tcp", string>>;
  directions: Readonly<Record<"in" | "out", string>>;
  /** Titles, headings and column headers. */
  words: Readonly<Record<WordKey, string>>;
}

export type WordKey =
  | PeriodWordKey
  | "wanTitle"
  | "lanTitle"
  | "deviceTitle"
  | "agencyTitle"
  | "ofPeriod"
  | "dataOf"
  | "madeAt"
  | "revision"
  | "scope"
  | "wholeProvince"
  | "timeZone"
  | "summary"
  | "attention"
  | "nothingBroken"
  | "map"
  | "mapNote"
  | "mapText"
  | "links"
  | "devices"
  | "agencies"
  | "sites"
  | "interfaces"
  | "parts"
  | "link"
  | "device"
  | "agency"
  | "site"
  | "kind"
  | "code"
  | "parent"
  | "carrier"
  | "circuit"
  | "role"
  | "state"
  | "why"
  | "since"
  | "agenciesCutOff"
  | "devicesCutOff"
  | "subject"
  | "committed"
  | "inRate"
  | "outRate"
  | "inUse"
  | "outUse"
  | "rtt"
  | "loss"
  | "portsUp"
  | "portsDown"
  | "portsShut"
  | "portsExpectedDown"
  | "portsFaulty"
  | "model"
  | "address"
  | "busy"
  | "memory"
  | "temperature"
  | "uptime"
  | "lastSample"
  | "availability"
  | "coverage"
  | "answered"
  | "objective"
  | "objectiveMet"
  | "objectiveMissed"
  | "notMeasurable"
  | "inMean"
  | "inPeak"
  | "inP95"
  | "outMean"
  | "outPeak"
  | "outP95"
  | "trend"
  | "trendPeak"
  | "trendText"
  | "inToCenter"
  | "outToAgency"
  | "interface"
  | "speed"
  | "linksNotUp"
  | "devicesNotUp"
  | "alias"
  | "received"
  | "sent"
  | "part"
  | "class"
  | "value"
  | "faultyPorts"
  | "busiestLinks"
  | "stateOverTime"
  | "inMaintenance"
  | "total"
  | "contents"
  | "legend"
  | "rulePercentile"
  | "ruleStates"
  | "noLinks"
  | "noDevices"
  | "noAgencies"
  | "noSamples"
  | "staleData"
  | "more"
  | "stateCounts"
  | "carriers"
  | "madeWith"
  | "undeclared"
  | "undeclaredNote";
