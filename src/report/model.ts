/** A report as data, before it becomes a terminal table, CSV, JSON or a page. */
import type { State, SubjectKind } from "../health/types.ts";
import type { Language } from "./format.ts";
import type { TableView } from "./table-view.ts";

export type ReportKind = StateReportKind | PeriodReportKind;
export type StateReportKind = "wan" | "lan" | "device" | "agency";
/** Reports that are always of a period. */
export type PeriodReportKind = "availability" | "incident" | "capacity" | "coverage";

/** One number that the whole report comes down to. */
export interface Figure {
  label: string;
  value: string;
  /** Colours the number. */
  state?: State;
}

/** What an official letter has besides its text. */
export interface Letterhead {
  superior?: string;
  issuer: string;
  /** "BÁO CÁO". */
  docKind: string;
  republic: string;
  motto: string;
  number: string;
  placeDate: string;
  recipients: string;
  recipientsList: readonly string[];
  /** Title of who signs, a line each. */
  signer: readonly string[];
  signHint: string;
  /** Under the signature; absent: written by hand. */
  signerName?: string;
}

/** How many of a kind are in which state. */
export interface StateCount {
  kind: SubjectKind;
  label: string;
  counts: Readonly<Record<State, number>>;
  total: number;
}

/** A series for a small chart beside a row. NaN is a hole. */
export interface Trend {
  in: Float32Array;
  out: Float32Array;
  /** What a screen reader says of it. */
  text: string;
}

/** Spans of states for a strip beside a row, already clipped to the period. */
export interface StateStrip {
  spans: readonly { fromMs: number; toMs: number; state: State }[];
  text: string;
}

/** A chart of traffic over time. */
export interface TrafficChart {
  title: string;
  fromMs: number;
  toMs: number;
  in: Float32Array;
  out: Float32Array;
  /** The committed rate, as a line across. */
  limitBitsPerSecond?: number;
}

/** One table with what may be drawn beside its rows; rows of a trend or strip have an `id`. */
export interface ReportSection {
  /** Stable, for anchors and JSON: "links", "devices" … */
  id: string;
  title: string;
  table: TableView;
  trends?: ReadonlyMap<string, Trend>;
  strips?: ReadonlyMap<string, StateStrip>;
  /** On a page, columns written small beneath another instead of beside it: key → keys. */
  beneath?: Readonly<Record<string, readonly string[]>>;
  charts?: readonly TrafficChart[];
}

export interface MapSite {
  id: string;
  name: string;
  latitude: number;
  longitude: number;
  state: State;
  why: string;
  /** The center, a hub: drawn larger and named. */
  isHub: boolean;
}

export interface MapLink {
  id: string;
  name: string;
  from: string;
  to: string;
  state: State;
  isBackup: boolean;
  why: string;
}

/** Sites at their coordinates and the links between them; sites without coordinates are left out. */
export interface ReportMap {
  sites: readonly MapSite[];
  links: readonly MapLink[];
}

export interface ReportModel {
  kind: ReportKind;
  language: Language;
  title: string;
  /** The province, and who makes the report. */
  province: string;
  center?: string;
  /** The moment the states are of. */
  atMs: number;
  period?: { fromMs: number; toMs: number };
  /** Short lines under the title: label and value. */
  facts: readonly { label: string; value: string }[];
  /** What a reader must know before believing the numbers (stale data …). */
  notices: readonly string[];
  summary: readonly StateCount[];
  figures?: readonly Figure[];
  /** Present: laid out as an official report. */
  letterhead?: Letterhead;
  /** What is broken and why, worst first; causes, not what they cut off. */
  attention: TableView;
  map?: ReportMap;
  /** The first is the report's own table; machine formats take that one. */
  sections: readonly [ReportSection, ...ReportSection[]];
  /** Rules the numbers follow, as sentences. */
  rules: readonly string[];
  /** False when the report is about a part of the province. */
  scopeIsWhole: boolean;
  /** True when anything in scope is down, unreachable or degraded. */
  hasFindings: boolean;
}
