import { createSocket } from "node:dgram";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { Agent } from "../../../src/lab/agent/agent.ts";
import { parseSnmprec, snmprecTag } from "../../../src/lab/agent/snmprec.ts";
import { type StartedAgent, startAgent } from "../../../src/lab/agent/start-agent.ts";
import { type StartedAgents, startAgents } from "../../../src/lab/agent/start-agents.ts";
import { AgentTable } from "../../../src/lab/agent/table.ts";
import { decodeMessage } from "../../../src/snmp/codec/decode-message.ts";
import { encodeMessage } from "../../../src/snmp/codec/encode-message.ts";
import type { VarBind } from "../../../src/snmp/types.ts";

const recording = `1.3.6.1.2.1.1.1.0|4|Test device
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.2.2.1.8.1|2|1
1.3.6.1.2.1.31.1.1.1.6.1|70:numeric|initial=1000000,rate=1000
`;
const sysUpTime = "1.3.6.1.2.1.1.3.0";
const inOctets = "1.3.6.1.2.1.31.1.1.1.6.1";
const operStatus = "1.3.6.1.2.1.2.2.1.8.1";

function request(oids: readonly string[], requestId = 7): Buffer {
  const varBinds = oids.map((oid): VarBind => ({ oid, type: "Null", value: null }));
  const pdu = { type: "get", requestId, errorStatus: 0, errorIndex: 0, varBinds } as const;
  return encodeMessage({ version: "2c", community: Buffer.from("public"), pdu });
}

/** The answer's octets, or undefined when none comes in time. */
async function exchange(
  agent: { address: string; port: number },
  datagram: Buffer,
): Promise<Buffer | undefined> {
  const socket = createSocket("udp4");
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), 400);
      socket.once("message", (message) => {
        clearTimeout(timer);
        resolve(message);
      });
      socket.send(datagram, agent.port, agent.address);
    });
  } finally {
    socket.close();
  }
}

async function values(
  agent: { address: string; port: number },
  oids: readonly string[],
): Promise<VarBind["value"][]> {
  const answer = await exchange(agent, request(oids));
  const decoded = answer && decodeMessage(answer);
  if (!decoded?.ok || decoded.value.version === "3") return [];
  return decoded.value.pdu.varBinds.map(({ value }) => value);
}

let started: { stop(): Promise<void> } | undefined;
afterEach(async () => {
  await started?.stop();
  started = undefined;
});

async function one(): Promise<StartedAgent> {
  const agent = await startAgent(recording, { moving: true });
  started = agent;
  return agent;
}

test("a silent agent answers nothing until it is normal again", async () => {
  const agent = await one();
  agent.setFault({ kind: "silent" });
  expect(await values(agent, [sysUpTime])).toEqual([]);
  agent.setFault({ kind: "normal" });
  expect(await values(agent, [sysUpTime])).toHaveLength(1);
});

test("garbage is never a right answer", async () => {
  const agent = await one();
  agent.setFault({ kind: "garbage" });
  for (let turn = 0; turn < 8; turn++) {
    const answer = await exchange(agent, request([operStatus]));
    expect(answer).toBeDefined();
    expect(decodeMessage(answer!).ok).toBe(false);
  }
});

test("values that were set replace those of the recording; a counter goes on from where it was", async () => {
  const agent = await one();
  const [before] = await values(agent, [inOctets]);
  agent.setFault({
    kind: "values",
    set: [
      { oid: operStatus, tag: snmprecTag.integer, value: 2 },
      {
        oid: inOctets,
        tag: snmprecTag.counter64,
        value: null,
        variation: { kind: "counter", perSecond: 0, shape: "flat" },
      },
    ],
  });
  const [status, after] = await values(agent, [operStatus, inOctets]);
  expect(status).toBe(2);
  expect(after).toBeGreaterThanOrEqual(before as bigint);
  expect(await values(agent, [inOctets])).toEqual([after]);
});

test("a reboot restarts uptime and counters, and may bring other rows", async () => {
  const agent = await one();
  agent.setFault({
    kind: "reboot",
    records: parseSnmprec(recording.replaceAll("1.6.1|", "1.6.101|").replaceAll("8.1|", "8.101|")),
  });
  const [uptime, old, octets] = await values(agent, [sysUpTime, operStatus, "1.3.6.1.2.1.31.1.1.1.6.101"]);
  expect(uptime).toBe(8_640_000);
  expect(old).toBeNull();
  expect(octets).toBeLessThan(1_000n);
});

test("no octets make an agent throw, and only a right request is answered", () => {
  const agent = new Agent(
    { id: "fuzzed", recording: "", credential: { version: "2c", community: "public" } },
    new AgentTable(parseSnmprec(recording)),
    Date.now(),
  );
  const whole = request([operStatus, inOctets]);
  for (let length = 0; length < whole.length; length++) {
    expect(agent.answer(whole.subarray(0, length), Date.now())).toBeUndefined();
  }
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const mutated = Buffer.from(whole);
        for (const [at, octet] of changes) mutated[at] = octet;
        agent.answer(mutated, Date.now());
      },
    ),
    { numRuns: 20_000 },
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      (octets) => agent.answer(Buffer.from(octets), 0) === undefined,
    ),
  );
});

test("many agents in child processes answer each with its own, fail alone, and end with their owner", async () => {
  const definitions = Array.from({ length: 60 }, (_, index) => ({
    id: `device-${index}`,
    recording: index % 2 === 0 ? "even" : "odd",
    credential: { version: "2c", community: "public" } as const,
  }));
  const recordings = new Map([
    ["even", recording.replace("Test device", "even")],
    ["odd", recording.replace("Test device", "odd")],
  ]);
  const agents: StartedAgents = await startAgents(definitions, { recordings, processes: 2 });
  started = agents;
  expect(new Set(agents.endpoints.map(({ port }) => port)).size).toBe(60);
  expect(String(await values(agents.endpoint("device-7"), ["1.3.6.1.2.1.1.1.0"]))).toBe("odd");
  expect(String(await values(agents.endpoint("device-8"), ["1.3.6.1.2.1.1.1.0"]))).toBe("even");
  await agents.setFault("device-7", { kind: "silent" });
  expect(await values(agents.endpoint("device-7"), [sysUpTime])).toEqual([]);
  expect(await values(agents.endpoint("device-9"), [sysUpTime])).toHaveLength(1);
  expect((await agents.counters()).answered).toBe(3);
  const { processIds } = agents;
  await agents.stop();
  for (const processId of processIds) expect(() => process.kill(processId, 0)).toThrow("ESRCH");
});

test("agents listen on loopback only, and a lab that cannot start leaves nothing behind", async () => {
  await expect(startAgent(recording, { address: "0.0.0.0" })).rejects.toThrow("not a loopback address");
  const definition = {
    id: "lost",
    recording: "missing",
    credential: { version: "2c", community: "public" } as const,
  };
  await expect(startAgents([definition], { recordings: new Map() })).rejects.toThrow(
    'no recording "missing"',
  );
});
