/**
 * Plays a recording of every family to the poller and compares what is found with `<recording>.found.txt` beside it:
 * the family chosen, names, values with units, states, limits, and what is absent and why. After a wanted change the
 * files are renewed with `vitest run -u` and their difference is read line by line.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAgent } from "../../../src/lab/agent/start-agent.ts";
import { discoverDevice, loadProfiles, observeDevice, type ProfileSet } from "../../../src/poll/observe.ts";
import { expectedClasses } from "../../../src/profiles/vocabulary.ts";
import { createDriver } from "../../../src/snmp/driver.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type { SnmpDriver, SnmpSession } from "../../../src/snmp/types.ts";
import { listingOf } from "./listing.ts";

const root = join(import.meta.dirname, "../../fixtures/recordings");
const recordings = globSync("*/*.snmprec", { cwd: root })
  .sort()
  .map((file) => ({ family: dirname(file), path: join(root, file) }))
  // Devices of no family: other tests play them.
  .filter(({ family }) => family !== "standard");
let set: ProfileSet;
let driver: SnmpDriver;

beforeAll(async () => {
  set = await loadProfiles();
  driver = await createDriver("pdc");
});
afterAll(() => driver.close());

test("every family has a recording, or takes all over from one that has", () => {
  const recorded = new Set(recordings.map(({ family }) => family));
  const missing = set.families.filter((family) => !recorded.has(family));
  expect(missing).toEqual(["fs-switch"]);
});

describe.each(recordings)("$family", ({ family, path }) => {
  test("is recognised, and everything in the recording is found", async () => {
    await withSession(path, async (session) => {
      const { observation } = await discoverDevice(session, set, { device: family });
      expect(observation.system?.family).toBe(family);
      await expect(listingOf(observation)).toMatchFileSnapshot(path.replace(/\.snmprec$/, ".found.txt"));
    });
  });

  test("tells ports, processors, memory, temperatures, fans and supplies, or why not", async () => {
    await withSession(path, async (session) => {
      const { observation } = await discoverDevice(session, set, { device: family });
      const told = new Set<string>([
        ...observation.components.map((component) => component.class),
        ...Object.keys(observation.absent),
      ]);
      expect(expectedClasses.filter((name) => !told.has(name))).toEqual([]);
    });
  });

  test("gives the same in a cycle by the plan as in the discovery", async () => {
    await withSession(path, async (session) => {
      const { plan, observation } = await discoverDevice(session, set, { device: family });
      const cycle = await observeDevice(session, plan!);
      expect(sorted(listingOf(cycle))).toEqual(sorted(listingOf(observation)));
    });
  });
});

async function withSession(path: string, use: (session: SnmpSession) => Promise<void>): Promise<void> {
  const agent = await startAgent(readFileSync(path, "utf8"));
  const session = driver.open({
    address: agent.address,
    port: agent.port,
    credential: { version: "2c", community: secretText("public") },
  });
  try {
    await use(session);
  } finally {
    session.close();
    await agent.stop();
  }
}

function sorted(listing: string): string[] {
  return listing.split("\n").sort();
}
