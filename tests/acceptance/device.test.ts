/** `pdc device show | walk | discover | record` against the system's own snmpd. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSnmprec } from "../../src/lab/agent/snmprec.ts";
import { snmpdPath, startSnmpd } from "../fixtures/snmp/snmpd.ts";
import { makeCenter } from "../poll/center.ts";
import { pdc } from "./run-pdc.ts";

interface Envelope<Data> {
  ok: boolean;
  exitCode: number;
  data: Data;
  errors: { code: string; message: string; fix?: string }[];
}

interface Shown {
  outcome: string;
  system: { family: string; sysName: string };
  components: {
    class: string;
    key: string;
    measurements: Record<string, { value: number | string; word?: string }>;
  }[];
}

const json = <Data>(text: string): Envelope<Data> => JSON.parse(text) as Envelope<Data>;

if (snmpdPath === undefined) test.skip("snmpd is not installed: apt-get install snmpd");

describe.skipIf(snmpdPath === undefined)("device commands on snmpd", () => {
  let snmpd: Awaited<ReturnType<typeof startSnmpd>>;
  let access: string[];
  beforeAll(async () => {
    snmpd = await startSnmpd(["sysName secret-host-7", "sysLocation Rack 5", "load 12 10 5"]);
    access = ["--port", String(snmpd.port), "--timeout", "1000"];
  });
  afterAll(() => snmpd.stop());

  test("show tells family, interfaces and memory; JSON has codes and words", () => {
    const { status, stdout } = pdc(["device", "show", "127.0.0.1", "-c", "public", ...access, "--json"]);
    expect(status).toBe(0);
    const { data } = json<Shown>(stdout);
    expect(data).toMatchObject({
      outcome: "complete",
      system: { family: "linux-net-snmp", sysName: "secret-host-7" },
    });
    const lo = data.components.find((one) => one.class === "interface" && one.key === "lo");
    expect(lo?.measurements.operStatus).toMatchObject({ value: 1, word: "up" });
    expect(data.components.some((one) => one.class === "memory")).toBe(true);
  });

  test("show as a table has a section for each class, and units", () => {
    const { stdout } = pdc(["device", "show", "127.0.0.1", "-c", "public", ...access, "-o", "table"]);
    expect(stdout).toMatch(/^family +linux-net-snmp/m);
    expect(stdout).toMatch(/^interface \(\d+\)$/m);
    expect(stdout).toMatch(/^memory \(\d+\)$/m);
    expect(stdout).toMatch(/\d (?:MiB|GiB)/);
  });

  test("a device of the inventory needs neither address nor credential", () => {
    const center = makeCenter([{ id: "srv-1", address: "127.0.0.1", port: snmpd.port }]);
    const { status, stdout } = pdc([
      "device",
      "show",
      "srv-1",
      "--inventory",
      center.inventoryDirectory,
      "--json",
    ]);
    expect(status).toBe(0);
    expect(json<Shown & { device: string }>(stdout).data.device).toBe("srv-1");
    const found = pdc(["device", "discover", "--inventory", center.inventoryDirectory, "--json"]);
    expect(json(found.stdout).data).toMatchObject({
      asked: 1,
      answered: 1,
      found: [{ device: "srv-1", family: "linux-net-snmp" }],
    });
    center.dispose();
  });

  test("no answer is exit 23 with what to check", () => {
    const args = ["-c", "public", "--port", "9", "--timeout", "100", "--retries", "0", "--json"];
    const silent = pdc(["device", "show", "127.0.0.1", ...args]);
    expect(silent.status).toBe(23);
    expect(json(silent.stdout).errors[0]).toMatchObject({
      code: expect.any(String),
      fix: expect.any(String),
    });
  });

  test("walk prints every variable below an OID", () => {
    const walk = (...more: string[]) =>
      pdc(["device", "walk", "127.0.0.1", ...more, "-c", "public", ...access]);
    const plain = walk("1.3.6.1.2.1.1", "-o", "plain").stdout;
    expect(plain).toContain("1.3.6.1.2.1.1.5.0\tOctetString\tsecret-host-7\n");
    expect(
      plain
        .trim()
        .split("\n")
        .every((line) => line.startsWith("1.3.6.1.2.1.1.")),
    ).toBe(true);
    const limited = json<{ variables: unknown[] }>(walk("--json", "--limit", "3").stdout);
    expect(limited).toMatchObject({ exitCode: 0, data: { variables: { length: 3 } } });
    expect(walk("sysDescr").status).toBe(2);
    // What people type for everything; it has no encoding of its own.
    expect(walk("1", "--limit", "2", "-o", "plain").stdout).toMatch(/^1\.(?:0\.8802|3\.6\.1)\./);
    expect(walk("2").status).toBe(2);
  });

  test("record gives a playable file that names neither host nor place nor addresses", () => {
    const { status, stdout } = pdc(["device", "record", "127.0.0.1", "-c", "public", ...access]);
    expect(status).toBe(0);
    expect(stdout).not.toContain("secret-host-7");
    expect(stdout).not.toContain("Rack 5");
    expect(stdout).not.toMatch(/^1\.3\.6\.1\.2\.1\.25\.4\./m);
    const records = parseSnmprec(stdout);
    expect(records.length).toBeGreaterThan(200);
    expect(records.find(({ oid }) => oid === "1.3.6.1.2.1.31.1.1.1.1.1")?.value).toEqual(Buffer.from("lo"));
    const addresses = records.filter(({ tag }) => tag === 64).map(({ value }) => String(value));
    expect(addresses.filter((address) => !/^(127|0|255|198\.1[89])\./.test(address))).toEqual([]);
  });

  test("discover scans a prefix and keeps to what answers", () => {
    const scan = pdc([
      "device",
      "discover",
      "127.0.0.0/30",
      "-c",
      "public",
      ...access,
      "--retries",
      "0",
      "--json",
    ]);
    expect(scan.status).toBe(0);
    expect(json(scan.stdout).data).toMatchObject({
      asked: 2,
      answered: 1,
      found: [{ address: "127.0.0.1", credential: "public" }],
    });
  });
});
