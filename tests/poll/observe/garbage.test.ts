/** An agent whose answers cannot be used costs little time and is told as what it is. */
import { afterEach, expect, test } from "vitest";
import { type StartedAgent, startAgent } from "../../../src/lab/agent/start-agent.ts";
import { loadRecordings } from "../../../src/lab/province/recordings.ts";
import { discoverDevice, loadProfiles, observeDevice } from "../../../src/poll/observe.ts";
import { createDriver } from "../../../src/snmp/driver.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type { SnmpDriver } from "../../../src/snmp/types.ts";

let agent: StartedAgent | undefined;
let driver: SnmpDriver | undefined;
afterEach(async () => {
  await driver?.close();
  await agent?.stop();
});

test("garbage is an invalid answer after a few requests, and the device is read again when it is sound", async () => {
  const recording = (await loadRecordings()).get("huawei-vrp")!;
  agent = await startAgent(recording);
  driver = await createDriver("pdc");
  const credential = { version: "2c", community: secretText("public") } as const;
  const session = driver.open({ ...agent, credential, timeoutMs: 200, retries: 1 });
  const { plan } = await discoverDevice(session, await loadProfiles(), { device: "broken" });

  agent.setFault({ kind: "garbage" });
  const before = agent.counters.requests;
  const broken = await observeDevice(session, plan!);
  expect(broken.outcome).toMatch(/^(invalid|no-answer)$/);
  expect(broken.components).toEqual([]);
  expect(agent.counters.requests - before).toBeLessThan(40);

  agent.setFault({ kind: "normal" });
  expect((await observeDevice(session, plan!)).outcome).toBe("complete");
});
