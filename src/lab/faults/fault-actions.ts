/** From a fault to what happens to which agent. Pure: applying is up to the province. */
import type { Inventory, Link } from "../../inventory/model.ts";
import type { AgentFault } from "../agent/definition.ts";
import { type AgentRecord, snmprecTag } from "../agent/snmprec.ts";
import { deviceRecords, uptimeSecondsOf } from "../province/device-records.ts";
import { counterRecords, dot3StatsEntry, ifEntry } from "../province/interface-records.ts";
import { macAddressOf } from "../province/mac-address.ts";
import { portsOf } from "../province/ports.ts";
import { cutOffDevices } from "../province/reach.ts";
import { trafficOf } from "../province/traffic.ts";
import type { Fault } from "./types.ts";
import { onBatteryRecords } from "./ups-values.ts";

/** What happens to one agent. */
export interface AgentAction {
  device: string;
  fault: AgentFault;
}

export interface FaultContext {
  inventory: Inventory;
  recordingOf(device: string): readonly AgentRecord[];
  /** Milliseconds since the lab began, for times in sysUpTime. */
  elapsedMs: number;
}

const { integer, counter32, timeTicks } = snmprecTag;
const hrStorageEntry = "1.3.6.1.2.1.25.2.3.1";
const hrStorageFixedDisk = "1.3.6.1.2.1.25.2.1.4";
const ifOperStatus = { up: 1, down: 2 } as const;
const halfDuplex = 2;
/** Errors a second on the half-duplex end of a mismatch under light load. */
const lateCollisionsPerSecond = 3;
const fcsErrorsPerSecond = 1;
const diskUsedShare = 0.985;

/** Everything that happens to agents when these faults come about together. */
export function faultActions(faults: readonly Fault[], context: FaultContext): AgentAction[] {
  const { inventory } = context;
  const downLinks = new Set(
    faults.flatMap((fault) =>
      fault.kind === "link-cut" ? [fault.link] : fault.kind === "on-backup" ? [fault.primary] : [],
    ),
  );
  const cutOff = cutOffDevices(inventory, downLinks);
  const carrying = carryingBackups(inventory, downLinks, cutOff);
  const changed = [...downLinks, ...carrying].map((id) => inventory.links.get(id)!);
  const ends = new Set(changed.flatMap(({ a, b }) => [a.device, b.device]));
  return [
    ...[...ends].map((device) => ({
      device,
      fault: portChanges(device, changed, downLinks, carrying, context),
    })),
    ...[...cutOff].map((device): AgentAction => ({ device, fault: { kind: "silent" } })),
    ...faults.flatMap((fault) => ownAction(fault, context)),
  ];
}

/** Backup links that take over: their primary is down, or what it leads to is cut off while they still lead home. */
function carryingBackups(
  inventory: Inventory,
  downLinks: ReadonlySet<string>,
  cutOff: ReadonlySet<string>,
): Set<string> {
  const links = [...inventory.links.values()].filter(({ validUntil }) => validUntil === undefined);
  const isLost = ({ id, a }: Link) => downLinks.has(id) || cutOff.has(a.device);
  return new Set(
    links
      .filter((backup) => backup.group?.role === "backup" && !isLost(backup))
      .filter(({ group }) =>
        links.some((one) => one.group?.id === group!.id && one.group.role === "primary" && isLost(one)),
      )
      .map(({ id }) => id),
  );
}

function portChanges(
  id: string,
  changed: readonly Link[],
  downLinks: ReadonlySet<string>,
  carrying: ReadonlySet<string>,
  { inventory, elapsedMs }: FaultContext,
): AgentFault {
  const device = inventory.devices.get(id)!;
  const uptimeSeconds = uptimeSecondsOf(device);
  const nowTicks = uptimeSeconds * 100 + Math.floor(elapsedMs / 10);
  const affected = new Set(changed.map((link) => link.id));
  const ports = portsOf(inventory, device).filter(({ link }) => link !== undefined && affected.has(link.id));
  const set = ports.flatMap((port): AgentRecord[] => {
    const isDown = downLinks.has(port.link!.id);
    const traffic = trafficOf(device, port, (link) => carrying.has(link.id));
    const still = {
      inOctetsPerSecond: 0,
      outOctetsPerSecond: 0,
      inSeed: traffic.inSeed,
      outSeed: traffic.outSeed,
    };
    const counters = counterRecords({
      port,
      traffic: isDown ? still : traffic,
      macAddress: macAddressOf(device, port.ifIndex),
      uptimeSeconds,
      isOperUp: !isDown,
      lastChangeTicks: nowTicks,
    });
    const goingOn = counters.map((record) => ({ ...record, value: null }));
    if (!isDown) return goingOn;
    return [
      { oid: `${ifEntry}.8.${port.ifIndex}`, tag: integer, value: ifOperStatus.down },
      { oid: `${ifEntry}.9.${port.ifIndex}`, tag: timeTicks, value: nowTicks % 0x100000000 },
      ...goingOn,
    ];
  });
  return { kind: "values", set };
}

function ownAction(fault: Fault, context: FaultContext): AgentAction[] {
  const { inventory, recordingOf } = context;
  switch (fault.kind) {
    case "router-reboot": {
      const device = inventory.devices.get(fault.device)!;
      const records = deviceRecords(inventory, device, recordingOf(device.id), {
        downLinks: new Set(),
        carryingLinks: new Set(),
        isRebooted: true,
        isRenumbered: fault.isRenumbered,
      });
      return [{ device: fault.device, fault: { kind: "reboot", records } }];
    }
    case "duplex-errors":
      return [{ device: fault.device, fault: { kind: "values", set: duplexRecords(fault, context) } }];
    case "ups-on-battery": {
      const family = inventory.devices.get(fault.device)?.profile ?? "";
      return [{ device: fault.device, fault: { kind: "values", set: onBatteryRecords(family) } }];
    }
    case "disk-full":
      return [{ device: fault.device, fault: { kind: "values", set: fullDisk(recordingOf(fault.device)) } }];
    case "garbage":
      return [{ device: fault.device, fault: { kind: "garbage" } }];
    case "link-cut":
    case "on-backup":
      return [];
  }
}

function duplexRecords(
  { device, interface: name }: Extract<Fault, { kind: "duplex-errors" }>,
  { inventory }: FaultContext,
): AgentRecord[] {
  const port = portsOf(inventory, inventory.devices.get(device)!).find((one) => one.name === name);
  if (port === undefined) return [];
  const counter = (entry: string, column: number, perSecond: number): AgentRecord => ({
    oid: `${entry}.${column}.${port.ifIndex}`,
    tag: counter32,
    value: null,
    variation: { kind: "counter", perSecond, shape: "flat" },
  });
  return [
    { oid: `${dot3StatsEntry}.19.${port.ifIndex}`, tag: integer, value: halfDuplex },
    counter(dot3StatsEntry, 3, fcsErrorsPerSecond),
    counter(dot3StatsEntry, 8, lateCollisionsPerSecond),
    // RFC 3635 3.2.9: these are part of ifInErrors and ifOutErrors.
    counter(ifEntry, 14, fcsErrorsPerSecond),
    counter(ifEntry, 20, lateCollisionsPerSecond),
  ];
}

/** The largest fixed disk of hrStorageTable, nearly full. */
function fullDisk(recording: readonly AgentRecord[]): AgentRecord[] {
  const values = new Map(recording.map(({ oid, value }) => [oid, value]));
  const sizes = recording
    .filter(({ oid, value }) => oid.startsWith(`${hrStorageEntry}.2.`) && value === hrStorageFixedDisk)
    .map(({ oid }) => oid.slice(hrStorageEntry.length + 3))
    .map((index) => ({ index, size: Number(values.get(`${hrStorageEntry}.5.${index}`) ?? 0) }));
  const largest = sizes.sort((x, y) => y.size - x.size)[0];
  if (largest === undefined) return [];
  const used = Math.floor(largest.size * diskUsedShare);
  return [{ oid: `${hrStorageEntry}.6.${largest.index}`, tag: integer, value: used }];
}
