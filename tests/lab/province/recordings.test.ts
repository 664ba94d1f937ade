/** The lab's recordings: one for every family of the example, recognised by the profiles, and sound. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluate } from "../../../src/health/evaluate.ts";
import { loadInventory } from "../../../src/inventory/load.ts";
import type { Device, Inventory } from "../../../src/inventory/model.ts";
import { startAgent } from "../../../src/lab/agent/start-agent.ts";
import { deviceRecords } from "../../../src/lab/province/device-records.ts";
import { loadRecordings } from "../../../src/lab/province/recordings.ts";
import { discoverDevice, loadProfiles, type ProfileSet } from "../../../src/poll/observe.ts";
import type { DeviceSample } from "../../../src/samples/types.ts";
import { createDriver } from "../../../src/snmp/driver.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type { SnmpDriver } from "../../../src/snmp/types.ts";
import { buildTopology } from "../../../src/topology/build.ts";

const recordings = await loadRecordings();
let inventory: Inventory;
let profiles: ProfileSet;
let driver: SnmpDriver;

beforeAll(async () => {
  inventory = await loadInventory(join(import.meta.dirname, "../../../inventory/quang-binh"));
  profiles = await loadProfiles();
  driver = await createDriver("pdc");
});
afterAll(() => driver.close());

test("every family of the example can be played, and none is there for nothing", () => {
  const used = new Set([...inventory.devices.values()].map(({ profile }) => profile));
  expect([...recordings.keys()].sort()).toEqual([...used].sort());
});

test.each([...recordings.keys()])("%s: recognised by what it answers, and up", async (family) => {
  const device = [...inventory.devices.values()].find(({ profile }) => profile === family)!;
  const agent = await startAgent(deviceRecords(inventory, device, recordings.get(family)!), { moving: true });
  try {
    const session = driver.open({ ...agent, credential: { version: "2c", community: secretText("public") } });
    const { observation } = await discoverDevice(session, profiles, { device: device.id });
    expect(observation.system?.family).toBe(family);
    expect(observation.outcome).toBe("complete");
    expect(stateOf(device, observation)).toEqual({ state: "up", reasons: [] });
  } finally {
    await agent.stop();
  }
});

function stateOf(
  device: Device,
  observation: Omit<DeviceSample, "device" | "atMs" | "monotonicMs" | "pollerEpoch" | "durationMs">,
) {
  const nowMs = Date.now();
  const sample: DeviceSample = {
    ...observation,
    device: device.id,
    atMs: nowMs,
    monotonicMs: 0,
    pollerEpoch: "test",
    durationMs: 1,
  };
  const alone = { ...inventory, devices: new Map([[device.id, device]]), maintenance: new Map() };
  const { devices } = evaluate({
    inventory: alone,
    topology: buildTopology(alone),
    samples: new Map([[device.id, [{ sample, rates: [] }]]]),
    nowMs,
  });
  const { state, reasons } = devices.get(device.id)!;
  return { state, reasons };
}
