/** What tells one incarnation of a device from the next, and whether its tables may have changed with it. */
import type { Incarnation } from "../../samples/types.ts";
import type { VarBind } from "../../snmp/types.ts";
import { cellNumber } from "./cell.ts";
import { systemScalars, type Watch } from "./plan.ts";

/** From the system scalars, by OID. */
export function incarnationOf(scalar: (oid: string) => VarBind | undefined): Incarnation {
  const incarnation: Incarnation = {};
  const sysUpTime = cellNumber(scalar(systemScalars.sysUpTime));
  const hostUpTime = cellNumber(scalar(systemScalars.hostUpTime));
  const boots = cellNumber(scalar(systemScalars.engineBoots));
  const engineTime = cellNumber(scalar(systemScalars.engineTime));
  if (sysUpTime !== undefined) incarnation.sysUpTimeTicks = sysUpTime;
  if (hostUpTime !== undefined) incarnation.hostUpTimeTicks = hostUpTime;
  if (boots !== undefined) incarnation.engineBoots = boots;
  if (engineTime !== undefined) incarnation.engineTimeSeconds = engineTime;
  return incarnation;
}

/** What tells that tables may have changed, from the system scalars, by OID. */
export function watchOf(scalar: (oid: string) => VarBind | undefined): Watch {
  const watch: Watch = {};
  for (const [name, oid] of watched) {
    const value = cellNumber(scalar(oid));
    if (value !== undefined) watch[name] = value;
  }
  return watch;
}

const watched = [
  ["sysUpTimeTicks", systemScalars.sysUpTime],
  ["engineBoots", systemScalars.engineBoots],
  ["ifNumber", systemScalars.ifNumber],
  ["ifTableLastChange", systemScalars.ifTableLastChange],
] as const;

/** sysUpTime has 32 bits of hundredths of a second: from within a day of its end it wraps, it does not restart. */
const nearWrap = 2 ** 32 - 24 * 360_000;

/** Has the device begun anew since `before` was noted? Then nothing about its rows is certain. */
export function hasRestarted(before: Watch, now: Watch): boolean {
  const { sysUpTimeTicks, engineBoots } = before;
  const fell =
    sysUpTimeTicks !== undefined && now.sysUpTimeTicks !== undefined && now.sysUpTimeTicks < sysUpTimeTicks;
  return (fell && sysUpTimeTicks < nearWrap) || differ(engineBoots, now.engineBoots);
}

/** Does IF-MIB say that interfaces came or went? */
export function hasMoved(before: Watch, now: Watch): boolean {
  return differ(before.ifNumber, now.ifNumber) || differ(before.ifTableLastChange, now.ifTableLastChange);
}

function differ(before: number | undefined, now: number | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now;
}
