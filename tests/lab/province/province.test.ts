/** A few sites of the example as a lab: what the poller finds at both ends, before and after faults. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { credentialResolver } from "../../../src/inventory/credentials.ts";
import { loadInventory } from "../../../src/inventory/load.ts";
import type { Inventory, LinkEnd } from "../../../src/inventory/model.ts";
import { type Province, startProvince } from "../../../src/lab/province/start-province.ts";
import { createDriver } from "../../../src/snmp/driver.ts";
import type { SnmpDriver, SnmpSession } from "../../../src/snmp/types.ts";

const ifDescr = "1.3.6.1.2.1.2.2.1.2";
const ifOperStatus = "1.3.6.1.2.1.2.2.1.8";
const ifHCInOctets = "1.3.6.1.2.1.31.1.1.1.6";
const ifHCOutOctets = "1.3.6.1.2.1.31.1.1.1.10";
const sysUpTime = "1.3.6.1.2.1.1.3.0";

let directory: string;
let source: Inventory;
let lab: Inventory;
let province: Province;
let driver: SnmpDriver;
let resolve: ReturnType<typeof credentialResolver>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pdc-province-"));
  source = part(await loadInventory(join(import.meta.dirname, "../../../inventory/quang-binh")));
  province = await startProvince(source, { directory, processes: 1 });
  lab = await loadInventory(province.inventoryDirectory);
  driver = await createDriver("pdc");
  resolve = credentialResolver(lab);
});
afterAll(async () => {
  await driver?.close();
  await province?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** The sites of one district's hub and of three communes, with the links between them. */
function part(inventory: Inventory): Inventory {
  const hub = inventory.devices.get("rt-tuyen-hoa")!.site;
  const pairs = [...inventory.links.values()].filter(({ group }) => group?.role === "primary");
  const wanted = pairs.filter(({ a }) => inventory.devices.get(a.device)?.site === hub).slice(0, 3);
  const sites = new Set([hub, ...wanted.map(({ b }) => inventory.devices.get(b.device)!.site)]);
  const devices = new Map([...inventory.devices].filter(([, { site }]) => sites.has(site)));
  const links = new Map(
    [...inventory.links].filter(([, { a, b }]) => devices.has(a.device) && devices.has(b.device)),
  );
  return { ...inventory, devices, links, maintenance: new Map() };
}

async function session(id: string): Promise<SnmpSession> {
  const { address, port, credential } = lab.devices.get(id)!;
  const resolved = await resolve(credential);
  if (resolved.kind !== "snmp") throw new Error(`${credential} is no SNMP credential`);
  return driver.open({ address, port, credential: resolved.snmp });
}

/** What a port says of itself, found by its name. */
async function port(
  end: LinkEnd,
): Promise<{ index: string; status: unknown; inOctets: bigint; outOctets: bigint }> {
  const device = await session(end.device);
  const { indexes, columns } = await device.table([ifDescr, ifOperStatus, ifHCInOctets, ifHCOutOctets]);
  const row = columns[0]!.findIndex((cell) => String(cell?.value) === end.interface);
  device.close();
  return {
    index: indexes[row]!,
    status: columns[1]![row]?.value,
    inOctets: columns[2]![row]?.value as bigint,
    outOctets: columns[3]![row]?.value as bigint,
  };
}

function someLink() {
  return [...lab.links.values()].find(
    ({ group, a }) => group?.role === "primary" && a.device === "rt-tuyen-hoa",
  )!;
}

test("every device is played, at a loopback port of its own, with secrets that only their owner may read", async () => {
  expect(province.missing).toEqual([]);
  expect([...lab.devices.keys()]).toEqual([...source.devices.keys()]);
  for (const { address, reachability } of lab.devices.values()) {
    expect(address).toBe("127.0.0.1");
    expect(reachability.method).toBe("snmp");
  }
  expect((await stat(province.secretsFile)).mode & 0o777).toBe(0o600);
});

test("both ends of a link count the same traffic", async () => {
  const { a, b } = someLink();
  const [a1, b1] = [await port(a), await port(b)];
  await sleep(1_000);
  const [a2, b2] = [await port(a), await port(b)];
  const toAgency = Number(a2.outOctets - a1.outOctets);
  const received = Number(b2.inOctets - b1.inOctets);
  expect(toAgency).toBeGreaterThan(0);
  // The two ends are not read at the same instant.
  expect(received / toAgency).toBeGreaterThan(0.5);
  expect(received / toAgency).toBeLessThan(2);
  expect(Number(a2.inOctets - a1.inOctets)).toBeLessThan(toAgency);
});

test("a cut link is down at its upper end, and what is behind it does not answer", async () => {
  const link = someLink();
  await province.apply([
    { kind: "link-cut", link: link.id, carrier: "VNPT", agencies: [], cutOff: [link.b.device] },
  ]);
  expect((await port(link.a)).status).toBe(2);
});

test("a rebooted router counts from zero, and its ports have other indexes", async () => {
  const link = someLink();
  const before = await port(link.a);
  await province.apply([{ kind: "router-reboot", device: link.a.device, isRenumbered: true }]);
  const after = await port(link.a);
  expect(after.index).not.toBe(before.index);
  expect(after.outOctets).toBeLessThan(before.outOctets);
  const device = await session(link.a.device);
  const [uptime] = await device.get([sysUpTime]);
  expect(uptime?.value).toBeLessThan(60 * 100);
  device.close();
});
