/** A device for a test: a few lines of .snmprec, played by an agent on loopback, and a session with it. */
import { readFileSync } from "node:fs";
import { type StartAgentOptions, type StartedAgent, startAgent } from "../../../src/lab/agent/start-agent.ts";
import type { Component, ComponentClass } from "../../../src/samples/types.ts";
import { createDriver } from "../../../src/snmp/driver.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type { SnmpSession } from "../../../src/snmp/types.ts";

export interface Playing extends AsyncDisposable {
  session: SnmpSession;
  agent: StartedAgent;
  /** The device becomes another one, at the same place. */
  becomes(recording: string): Promise<void>;
}

export interface PlayOptions extends StartAgentOptions {
  version?: "1" | "2c";
  timeoutMs?: number;
  retries?: number;
}

/** Lines may use "m." for mib-2 and "e." for enterprises. */
export function snmprec(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim().replace(/^m\./, "1.3.6.1.2.1.").replace(/^e\./, "1.3.6.1.4.1."))
    .join("\n");
}

export async function play(recording: string, options: PlayOptions = {}): Promise<Playing> {
  const { version = "2c", timeoutMs = 300, retries = 1, ...agentOptions } = options;
  const driver = await createDriver("pdc");
  let agent = await startAgent(snmprec(recording), agentOptions);
  const { address, port } = agent;
  const session = driver.open({
    address,
    port,
    timeoutMs,
    retries,
    credential: { version, community: secretText("public") },
  });
  return {
    session,
    get agent() {
      return agent;
    },
    becomes: async (other) => {
      await agent.stop();
      agent = await startAgent(snmprec(other), { ...agentOptions, address, port });
    },
    [Symbol.asyncDispose]: async () => {
      session.close();
      await driver.close();
      await agent.stop();
    },
  };
}

/** A recording of tests/fixtures/recordings/standard. */
export function standard(name: string): string {
  return readFileSync(new URL(`../../fixtures/recordings/standard/${name}.snmprec`, import.meta.url), "utf8");
}

/** "key: name=value name=word" of the components of a class. */
export function told(components: readonly Component[], componentClass: ComponentClass): string[] {
  return components
    .filter((component) => component.class === componentClass)
    .map(({ key, measurements }) => {
      const values = Object.entries(measurements).map(
        ([name, { value, word }]) => `${name}=${word ?? value}`,
      );
      return `${key}: ${values.join(" ")}`;
    });
}
