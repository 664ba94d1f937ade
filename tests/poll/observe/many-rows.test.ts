/** A chassis whose tables are long. */
import { expect, test } from "vitest";
import { discoverDevice } from "../../../src/poll/observe/discover.ts";
import { observeDevice } from "../../../src/poll/observe/observe-device.ts";
import { loadProfiles } from "../../../src/profiles/index.ts";
import { play } from "./playing.ts";

const profiles = await loadProfiles();

const ROWS = 10_000;

function chassis(): string {
  const lines = ["m.1.1.0|4|chassis", "m.1.2.0|6|1.3.6.1.4.1.99999", "m.1.3.0|67|360000"];
  const columns: [string, string, (row: number) => string | number][] = [
    ["1.3.6.1.2.1.2.2.1.2", "4", (row) => `GigabitEthernet0/${row}`],
    ["1.3.6.1.2.1.2.2.1.3", "2", () => 6],
    ["1.3.6.1.2.1.2.2.1.7", "2", () => 1],
    ["1.3.6.1.2.1.2.2.1.8", "2", (row) => (row % 100 === 0 ? 2 : 1)],
    ["1.3.6.1.2.1.31.1.1.1.1", "4", (row) => `Gi0/${row}`],
    ["1.3.6.1.2.1.31.1.1.1.6", "70", (row) => row * 1000],
    ["1.3.6.1.2.1.31.1.1.1.10", "70", (row) => row * 2000],
  ];
  for (const [column, type, value] of columns)
    for (let row = 1; row <= ROWS; row += 1) lines.push(`${column}.${row}|${type}|${value(row)}`);
  return lines.join("\n");
}

test("P2: an ifTable of 10,000 rows is read whole, each row with its own columns", {
  timeout: 120_000,
}, async () => {
  await using playing = await play(chassis());
  const { plan, observation } = await discoverDevice(playing.session, profiles, { device: "chassis" });
  for (const { outcome, components, incomplete } of [
    observation,
    await observeDevice(playing.session, plan!),
  ]) {
    expect([outcome, incomplete]).toEqual(["complete", []]);
    const ports = components.filter((one) => one.class === "interface");
    expect(ports).toHaveLength(ROWS);
    for (const { key, index, measurements } of ports) {
      const row = Number(index);
      if (
        key !== `Gi0/${row}` ||
        measurements.inOctets?.value !== BigInt(row * 1000) ||
        measurements.outOctets?.value !== BigInt(row * 2000) ||
        measurements.operStatus?.value !== (row % 100 === 0 ? 2 : 1)
      )
        expect.fail(`row ${row} is mixed up: ${key}`);
    }
  }
});
