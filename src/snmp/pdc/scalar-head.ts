import type { BerCursor } from "../codec/ber-cursor.ts";
import { ValueSlot } from "../codec/decode-value.ts";
import { decodeVarBinds } from "../codec/decode-var-binds.ts";
import { TAG } from "../codec/tags.ts";
import type { VarBind } from "../types.ts";
import { askedVariables } from "./asked-variables.ts";

/** sysUpTime.0 (SNMPv2-MIB). */
const UP_TIME = "1.3.6.1.2.1.1.3.0";
/** Beyond this sysUpTime wraps within 11 minutes: longer than any table is read. */
const WRAPS_SOON_TICKS = 0xffff0000;

/**
 * Scalars that ride at the head of a table's requests, as non-repeaters: GETNEXT of the object gives its instance
 * ".0". sysUpTime, when it is watched, rides with every request; the others with the first.
 */
export class ScalarHead {
  readonly values: (VarBind | undefined)[];
  upTimeTicks: number | undefined;
  /** Nothing was taken or dropped yet: all scalars are still to be asked. */
  fresh = true;
  private lastTicks: number | undefined;
  private watched: boolean;
  private readonly scalars: readonly string[];
  private readonly slot = new ValueSlot();
  /** Places in `scalars` that the running request asks for. */
  private asked: number[];

  constructor(scalars: readonly string[], watched: boolean) {
    this.scalars = scalars;
    this.watched = watched;
    this.values = scalars.map(() => undefined);
    this.asked = scalars.map((_, place) => place);
  }

  get length(): number {
    return this.asked.length + (this.watched ? 1 : 0);
  }

  /** OIDs to put before the columns, one behind the other. */
  oids(): string[] {
    const scalars = this.asked.map((place) => this.scalars[place]!);
    return (this.watched ? [UP_TIME, ...scalars] : scalars).map((oid) => oid.replace(/\.0$/, ""));
  }

  variables(): Uint8Array {
    return askedVariables(this.oids());
  }

  /** Decodes the first `length` variables of an answer; nothing is kept yet. Throws DecodeError. */
  decode(cursor: BerCursor, listEnd: number): VarBind[] {
    const varBinds: VarBind[] = [];
    for (let i = 0; i < this.length && cursor.position < listEnd; i++) {
      const start = cursor.position;
      const end = cursor.expect(TAG.sequence, listEnd, "variable");
      cursor.position = start;
      varBinds.push(...decodeVarBinds(cursor, end, this.slot));
    }
    return varBinds;
  }

  /** Whether sysUpTime fell. A wrap after 497 days falls from the top to near zero; a restart falls from anywhere. */
  isRestart(varBinds: readonly VarBind[]): boolean {
    const ticks = this.ticksOf(varBinds);
    const { lastTicks } = this;
    return (
      ticks !== undefined && lastTicks !== undefined && ticks < lastTicks && lastTicks < WRAPS_SOON_TICKS
    );
  }

  /** Keeps what was decoded: the scalars are known, the next request does not ask for them. */
  keep(varBinds: readonly VarBind[]): void {
    const ticks = this.ticksOf(varBinds);
    this.upTimeTicks ??= ticks;
    this.lastTicks = ticks ?? this.lastTicks;
    for (const [i, varBind] of varBinds.slice(this.watched ? 1 : 0).entries()) {
      const place = this.asked[i]!;
      if (varBind.oid === this.scalars[place]) this.values[place] = varBind;
    }
    this.asked = [];
    this.fresh = false;
  }

  /** The agent (v1) does not have variable `position` (from 0) of the head. */
  drop(position: number): void {
    this.fresh = false;
    if (this.watched && position === 0) this.watched = false;
    else this.asked.splice(position - (this.watched ? 1 : 0), 1);
  }

  /** The agent restarted: its first answer counts anew. */
  again(): void {
    this.fresh = true;
    this.lastTicks = undefined;
    this.upTimeTicks = undefined;
    this.asked = this.scalars.map((_, place) => place);
  }

  private ticksOf(varBinds: readonly VarBind[]): number | undefined {
    const first = this.watched ? varBinds[0] : undefined;
    return first?.oid === UP_TIME && typeof first.value === "number" ? first.value : undefined;
  }
}
