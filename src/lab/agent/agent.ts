/** One simulated device: its variables, its credential and its present faults. Knows datagrams, not sockets. */
import { BerWriter } from "../../snmp/codec/ber-writer.ts";
import { oidToOctets } from "../../snmp/codec/oid.ts";
import type { AgentCounters, AgentDefinition, AgentFault } from "./definition.ts";
import { type Answering, answerCommunityMessage, type Handled, messageVersion } from "./message.ts";
import { isBelow } from "./oid-order.ts";
import type { AgentRecord } from "./snmprec.ts";
import { spoil } from "./spoil.ts";
import { AgentTable } from "./table.ts";
import { UsmResponder } from "./usm-responder.ts";

/** An answer and how long to wait with it. */
export interface Answer {
  datagram: Buffer;
  delayMs: number;
}

const defaultMaxMessageOctets = 1472;
const writer = new BerWriter();

export class Agent implements Answering {
  readonly id: string;
  readonly maxMessageOctets: number;
  readonly counters: AgentCounters = { requests: 0, answered: 0, malformed: 0, wrongCredential: 0 };
  readonly state: { startMs: number; rebootMs?: number; seed: number };
  table: AgentTable;
  readonly #versions: ReadonlySet<number>;
  readonly #community: Buffer | undefined;
  readonly #usm: UsmResponder | undefined;
  #fault: AgentFault = { kind: "normal" };

  constructor(definition: AgentDefinition, table: AgentTable, startMs: number) {
    const { credential } = definition;
    this.id = definition.id;
    this.table = table;
    this.maxMessageOctets = definition.maxMessageOctets ?? defaultMaxMessageOctets;
    this.state = { startMs, seed: definition.seed ?? seedOf(definition.id) };
    this.#versions = new Set(credential.version === "3" ? [3] : credential.version === "2c" ? [0, 1] : [0]);
    if (credential.version === "3") {
      const bootMs = startMs - (definition.engineTimeSeconds ?? 0) * 1000;
      this.#usm = new UsmResponder(definition.id, credential, definition.engineBoots ?? 1, bootMs);
    } else this.#community = Buffer.from(credential.community, "utf8");
  }

  /** The answer to a datagram, when there is to be one. Never throws, whatever the octets. */
  answer(datagram: Buffer, nowMs: number): Answer | undefined {
    this.counters.requests++;
    const fault = this.#fault;
    if (fault.kind === "silent") return undefined;
    if (fault.kind === "loss" && Math.random() * 100 < fault.lossPercent) return undefined;
    const handled = this.#handle(datagram, nowMs);
    if (handled === "malformed") this.counters.malformed++;
    if (handled === "wrong-credential") this.counters.wrongCredential++;
    if (handled !== "answered") return undefined;
    this.counters.answered++;
    const response = fault.kind === "garbage" ? spoil(writer.take(), this.counters.answered) : writer.take();
    return { datagram: response, delayMs: fault.kind === "delay" ? fault.delayMs : 0 };
  }

  #handle(datagram: Buffer, nowMs: number): Handled {
    const version = messageVersion(datagram);
    if (version === undefined) return "malformed";
    if (!this.#versions.has(version)) return "wrong-credential";
    return this.#usm === undefined
      ? answerCommunityMessage(writer, datagram, this.#community!, this, nowMs)
      : this.#usm.answer(writer, datagram, this, nowMs);
  }

  /** Makes something happen to the device. */
  set(fault: AgentFault, nowMs: number): void {
    switch (fault.kind) {
      case "reboot":
        if (fault.records !== undefined) this.table = new AgentTable(fault.records);
        this.state.rebootMs = nowMs;
        this.#usm?.reboot(nowMs);
        return;
      case "values":
        this.table = new AgentTable(this.#changedRecords(fault.set ?? [], fault.remove ?? [], nowMs));
        return;
      default:
        this.#fault = fault;
    }
  }

  /** A moving record becomes, when its rule is replaced, one that goes on from its present value. */
  #changedRecords(set: readonly AgentRecord[], remove: readonly string[], nowMs: number): AgentRecord[] {
    const roots = remove.map(oidToOctets);
    const present = new Map(
      this.table.recordsAt(nowMs, this.state).map((record) => [record.oid, record.value]),
    );
    const kept = this.table.rows
      .filter(({ key }) => !roots.some((root) => isBelow(key, root)))
      .map(({ record }) => record);
    const changed = set.map((record): AgentRecord => {
      const { variation } = record;
      if (variation?.kind !== "counter") return record;
      const value = record.value ?? present.get(record.oid) ?? 0;
      return { ...record, value, variation: { ...variation, sinceMs: nowMs } };
    });
    return [...kept, ...changed];
  }
}

/** A number from a name, so that the same device has the same noise in every run (FNV-1a). */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const octet of Buffer.from(name)) hash = Math.imul(hash ^ octet, 0x01000193) >>> 0;
  return hash / 0x100000000;
}
