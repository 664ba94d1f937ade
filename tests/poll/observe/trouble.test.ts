/** Devices that are silent, refuse, break off or answer nonsense: always an outcome, never an exception. */
import { describe, expect, test } from "vitest";
import { discoverDevice, observeDevice } from "../../../src/poll/observe.ts";
import { loadProfiles } from "../../../src/profiles/index.ts";
import type { SnmpError, SnmpSession, VarBind } from "../../../src/snmp/types.ts";
import { play, standard } from "./playing.ts";

const profiles = await loadProfiles();
const options = { device: "x", family: "generic" };

test("silence is no answer, with what to do about it", async () => {
  await using playing = await play(standard("host"), { timeoutMs: 100, retries: 0 });
  const { plan } = await discoverDevice(playing.session, profiles, options);
  playing.agent.setFault({ kind: "silent" });
  const observation = await observeDevice(playing.session, plan!);
  expect(observation).toMatchObject({
    outcome: "no-answer",
    components: [],
    error: { fix: expect.any(String) },
  });
  const discovery = await discoverDevice(playing.session, profiles, options);
  expect(discovery.plan).toBeUndefined();
  expect(discovery.observation).toMatchObject({ outcome: "no-answer", components: [] });
});

test("garbage instead of answers gives no value, in its frame or out of it", async () => {
  await using playing = await play(standard("host"), { timeoutMs: 100, retries: 0 });
  const { plan } = await discoverDevice(playing.session, profiles, options);
  playing.agent.setFault({ kind: "garbage" });
  const observed = await observeDevice(playing.session, plan!);
  expect(["no-answer", "invalid"]).toContain(observed.outcome);
  expect(observed.components.flatMap(({ measurements }) => Object.keys(measurements))).toEqual([]);
  const { observation } = await discoverDevice(playing.session, profiles, options);
  expect(["no-answer", "invalid"]).toContain(observation.outcome);
});

test("an agent with an empty view is invalid, and says which thing to check", async () => {
  await using playing = await play("e.1.1.0|2|1");
  const { observation } = await discoverDevice(playing.session, profiles, options);
  expect(observation).toMatchObject({
    outcome: "invalid",
    error: { code: "empty", fix: expect.stringContaining("view") },
  });
});

/** A session over a real agent with one thing broken. */
function broken(session: SnmpSession, change: Partial<SnmpSession>): SnmpSession {
  return new Proxy(session, {
    get(target, name) {
      const own = change[name as keyof SnmpSession] ?? target[name as keyof SnmpSession];
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

const timeout = (): SnmpError =>
  Object.assign(new Error("no answer"), { code: "timeout" as const, address: "192.0.2.1" });
const storage = "1.3.6.1.2.1.25.2.3.1";

describe("one table is not the device", () => {
  test("a table that times out is incomplete, the others are there", async () => {
    await using playing = await play(standard("host"));
    const session = broken(playing.session, {
      table: (columns, limits) =>
        columns[0]!.startsWith(storage) ? Promise.reject(timeout()) : playing.session.table(columns, limits),
    });
    const { plan, observation } = await discoverDevice(session, profiles, options);
    expect(observation.outcome).toBe("partial");
    expect(observation.incomplete).toEqual(expect.arrayContaining(["memory", "storage"]));
    expect(observation.components.map((one) => one.class)).toEqual(["processor", "processor", "count"]);
    const again = await observeDevice(session, plan!);
    expect(again.outcome).toBe("partial");
    expect(again.incomplete).toEqual(expect.arrayContaining(["memory", "storage"]));
  });

  test("a walk that breaks off gives its rows, and says that they are not all", async () => {
    await using playing = await play(standard("interfaces"));
    const { plan } = await discoverDevice(playing.session, profiles, options);
    const session = broken(playing.session, {
      table: async (columns, limits) => {
        const whole = await playing.session.table(columns, limits);
        return {
          ...whole,
          ending: "not-increasing",
          complete: false,
          indexes: whole.indexes.slice(0, 2),
          columns: whole.columns.map((cells) => cells.slice(0, 2)),
        };
      },
    });
    const observation = await observeDevice(session, plan!);
    expect(observation.outcome).toBe("partial");
    expect(observation.incomplete).toEqual(["interface"]);
    expect(observation.components.length).toBe(2);
    expect(plan!.stale).toBe(false);
  });

  test("a device that dies between two tables ends the cycle at once", async () => {
    await using playing = await play(standard("routing"));
    const { plan } = await discoverDevice(playing.session, profiles, options);
    let tables = 0;
    const dead = () => Promise.reject(timeout());
    const session = broken(playing.session, {
      table: (columns, limits) => (++tables === 1 ? playing.session.table(columns, limits) : dead()),
      get: dead,
    });
    const observation = await observeDevice(session, plan!);
    expect(tables).toBe(2);
    expect(observation.outcome).toBe("partial");
    expect(observation.components.length).toBeGreaterThan(0);
  });
});

test("an agent that cannot answer a GET of many instances is asked for tables, from then on", async () => {
  await using playing = await play(standard("entity-sensors"));
  const { plan, observation } = await discoverDevice(playing.session, profiles, options);
  expect(plan!.packed.length).toBeGreaterThan(1);
  let refused = 0;
  const session = broken(playing.session, {
    get: (oids) => {
      if (oids.length < plan!.packed.length) return playing.session.get(oids);
      refused += 1;
      return Promise.reject(timeout());
    },
  });
  const count = (components: typeof observation.components) =>
    components.filter((one) => one.measurements.value).length;
  const again = await observeDevice(session, plan!);
  expect(again.outcome).toBe("complete");
  expect(count(again.components)).toBe(count(observation.components));
  await observeDevice(session, plan!);
  expect(refused).toBe(1);
});

describe("nonsense", () => {
  const types = [
    "Integer32",
    "OctetString",
    "Counter64",
    "ObjectIdentifier",
    "TimeTicks",
    "noSuchInstance",
  ] as const;
  const values: VarBind["value"][] = [
    -1,
    Buffer.from([0xff, 0xfe, 0]),
    2n ** 64n - 1n,
    "9.9.9",
    Number.NaN,
    null,
    Buffer.alloc(0),
    Buffer.from("\u001b[31mred"),
  ];

  test("any value of any type in any cell, a thousand times: no exception, no control character, no NaN", async () => {
    await using playing = await play(standard("interfaces"));
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const spoil = (cell: VarBind | undefined): VarBind | undefined =>
      cell === undefined || random(3) > 0
        ? cell
        : { oid: cell.oid, type: types[random(types.length)]!, value: values[random(values.length)]! };
    const session = broken(playing.session, {
      get: async (oids) => (await playing.session.get(oids)).map((cell) => spoil(cell)!),
      table: async (columns, limits) => {
        const whole = await playing.session.table(columns, limits);
        return { ...whole, columns: whole.columns.map((cells) => cells.map(spoil)) };
      },
    });
    for (let round = 0; round < 40; round++) {
      const { plan, observation } = await discoverDevice(session, profiles, { device: "x" });
      const all = plan ? [observation, await observeDevice(session, plan)] : [observation];
      for (const { components, system } of all) {
        const text = JSON.stringify([components, system], (_, value) =>
          typeof value === "bigint" ? String(value) : value,
        );
        expect(text).not.toMatch(/\\u00(?:[01]|7f)/);
        for (const { measurements } of components) {
          for (const { value } of Object.values(measurements))
            expect(Number.isNaN(Number(value))).toBe(false);
        }
        const keys = components.map((one) => `${one.class}/${one.key}`);
        expect(new Set(keys).size).toBe(keys.length);
      }
    }
  });

  test.each([
    ["Latin-1 in an alias", "c9636f6c65", "École"],
    ["six octets that are no text: a MAC address", "8c1f64fe0a01", "8c:1f:64:fe:0a:01"],
    ["NUL inside: the octets", "41004200ff", "41:00:42:00:ff"],
    ["NUL behind: padding", "41420000", "AB"],
    ["UTF-8", Buffer.from("Tân Trạch").toString("hex"), "Tân Trạch"],
  ])("W6: %s", async (_, octets, says) => {
    const row = ["2.2.1.2.1|4|port", "2.2.1.3.1|2|6", "2.2.1.7.1|2|1", "2.2.1.8.1|2|1"].join("\nm.");
    await using playing = await play(
      `m.1.1.0|4|x\nm.1.2.0|6|1.3.6.1.4.1.99999\nm.1.3.0|67|1\nm.${row}\nm.31.1.1.1.1.1|4|p1\nm.31.1.1.1.18.1|4x|${octets}`,
    );
    const { observation } = await discoverDevice(playing.session, profiles, options);
    const port = observation.components.find((one) => one.class === "interface");
    expect(port?.attributes.alias).toBe(says);
  });

  test("W3: text of a device is cut, cleaned and kept as text", async () => {
    const long = "41".repeat(1100);
    await using playing = await play(
      `m.1.1.0|4x|1b5b33316d${Buffer.from("Switch\r\n\u202eevil").toString("hex")}\nm.1.2.0|6|1.3.6.1.4.1.99999\nm.1.3.0|67|1\nm.1.5.0|4x|${long}\nm.1.6.0|4|Xã Tân Trạch`,
    );
    const { observation } = await discoverDevice(playing.session, profiles, options);
    expect(observation.system?.sysDescr).toBe("[31mSwitch evil");
    expect(observation.system?.sysName?.length).toBe(1024);
    expect(observation.system?.sysLocation).toBe("Xã Tân Trạch");
  });
});
