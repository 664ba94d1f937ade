/** Prefixes of BGP peers stand in tables of another index than the peers: they are read when a device is shown. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startAgent } from "../../../src/lab/agent/start-agent.ts";
import { discoverDevice, loadProfiles } from "../../../src/poll/observe.ts";
import { createDriver } from "../../../src/snmp/driver.ts";
import { secretText } from "../../../src/snmp/secret.ts";

const root = join(import.meta.dirname, "../../fixtures/recordings");

test.each([
  [
    "cisco-iosxr/asr9001",
    { "198.51.100.33": [18418, 75], "2001:db8:0:3::1": [1898, 4], "203.0.113.5": [0, 0] },
  ],
  ["juniper-junos/mx204", { "198.51.100.5": [710, 42], "2001:db8:0:2::1": [90, 4] }],
])("%s tells accepted and advertised prefixes of each peer", async (recording, expected) => {
  const driver = await createDriver("pdc");
  const agent = await startAgent(readFileSync(join(root, `${recording}.snmprec`), "utf8"));
  const credential = { version: "2c" as const, community: secretText("public") };
  const session = driver.open({ address: agent.address, port: agent.port, credential });
  try {
    const { observation } = await discoverDevice(session, await loadProfiles(), { device: "r", full: true });
    const told = observation.components.flatMap(({ class: componentClass, key, measurements }) => {
      const { acceptedPrefixes: accepted, advertisedPrefixes: advertised } = measurements;
      return componentClass === "bgp-peer" && accepted !== undefined
        ? [[key, [Number(accepted.value), Number(advertised?.value)]] as const]
        : [];
    });
    expect(Object.fromEntries(told)).toEqual(expected);
  } finally {
    session.close();
    await agent.stop();
    await driver.close();
  }
});
