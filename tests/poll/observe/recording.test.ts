import { expect, test } from "vitest";
import { parseSnmprec } from "../../../src/lab/agent/snmprec.ts";
import { anonymise } from "../../../src/poll/observe/recording/anonymise.ts";
import { compareOids, snmprecLine } from "../../../src/poll/observe/recording/snmprec.ts";
import { loadProfiles } from "../../../src/profiles/index.ts";
import type { VarBind, VarBindType } from "../../../src/snmp/types.ts";

const profile = (await loadProfiles()).profile("generic");
const octets = (oid: string, text: string | Buffer): VarBind => ({
  oid,
  type: "OctetString",
  value: Buffer.from(text),
});
const line = (type: VarBindType, value: VarBind["value"]) => snmprecLine({ oid: "1.3.6.1", type, value });

test("every type as snmpsim writes it; octets that are not plain text in hex", () => {
  expect(line("Integer32", -5)).toBe("1.3.6.1|2|-5");
  expect(line("OctetString", Buffer.from("Gi0/1"))).toBe("1.3.6.1|4|Gi0/1");
  expect(line("OctetString", Buffer.from("a|b"))).toBe("1.3.6.1|4x|617c62");
  expect(line("OctetString", Buffer.from("Tân"))).toBe("1.3.6.1|4x|54c3a26e");
  expect(line("OctetString", Buffer.from("a\nb"))).toBe("1.3.6.1|4x|610a62");
  expect(line("ObjectIdentifier", "1.3.6.1.4.1.9")).toBe("1.3.6.1|6|1.3.6.1.4.1.9");
  expect(line("IpAddress", "192.0.2.1")).toBe("1.3.6.1|64|192.0.2.1");
  expect(line("Counter64", 2n ** 64n - 1n)).toBe("1.3.6.1|70|18446744073709551615");
  expect(line("TimeTicks", 5)).toBe("1.3.6.1|67|5");
  expect(line("noSuchObject", null)).toBeUndefined();
  expect(line("OpaqueFloat", 1.5)).toBe("1.3.6.1|68x|9f78043fc00000");
});

test("what is written can be read again, in the order of OIDs", () => {
  const oids = ["1.3.6.1.10", "1.3.6.1.9", "1.3.6.1.9.1"].sort(compareOids);
  expect(oids).toEqual(["1.3.6.1.9", "1.3.6.1.9.1", "1.3.6.1.10"]);
  expect(parseSnmprec(`${line("OctetString", Buffer.from("a|b"))}\n`)[0]?.value).toEqual(Buffer.from("a|b"));
});

test("owners' texts, addresses and neighbours are disguised alike throughout; makers' texts stay", () => {
  const name = "srv-portal-01";
  const { varBinds, leftOut } = anonymise(
    [
      octets("1.3.6.1.2.1.1.1.0", `Linux ${name} 6.1.0 x86_64`),
      octets("1.3.6.1.2.1.1.5.0", `${name}.example.gov.vn`),
      octets("1.3.6.1.2.1.1.6.0", "Sở Tài chính, tầng 3"),
      octets("1.3.6.1.2.1.2.2.1.2.1", "GigabitEthernet0/1"),
      octets("1.3.6.1.2.1.2.2.1.6.1", Buffer.from("001a2b3c4d5e", "hex")),
      { oid: "1.3.6.1.2.1.4.20.1.1.10.20.30.40", type: "IpAddress", value: "10.20.30.40" },
      { oid: "1.3.6.1.2.1.4.20.1.3.10.20.30.40", type: "IpAddress", value: "255.255.255.0" },
      octets("1.3.6.1.2.1.25.4.2.1.5.7", "--password=hunter2"),
      octets("1.3.6.1.2.1.31.1.1.1.18.1", "circuit 4411"),
      octets("1.3.6.1.2.1.31.1.1.1.18.2", "circuit 4411"),
      octets("1.3.6.1.2.1.47.1.1.1.1.11.1", "FDO1234X567"),
      octets("1.3.6.1.2.1.47.1.1.1.1.13.1", "WS-C2960X"),
    ],
    profile,
  );
  const text = varBinds.map((varBind) => snmprecLine(varBind)).join("\n");
  const all = varBinds.map(({ value }) => String(value)).join("\n");
  for (const secret of ["portal", "example", "chính", "10.20.30.40", "hunter2", "4411", "FDO1234X567"]) {
    expect(all).not.toContain(secret);
    expect(text).not.toContain(secret);
  }
  expect(text).toContain("GigabitEthernet0/1");
  expect(text).toContain("WS-C2960X");
  expect(all).toMatch(/^Linux \S{13} 6\.1\.0 x86_64$/m);
  expect(text).toContain("1.3.6.1.2.1.4.20.1.1.198.18.0.1|64|198.18.0.1");
  expect(text).toContain("1.3.6.1.2.1.4.20.1.3.198.18.0.1|64|255.255.255.0");
  const mac = varBinds.find(({ oid }) => oid === "1.3.6.1.2.1.2.2.1.6.1")?.value as Buffer;
  expect(mac.toString("hex")).toMatch(/^001a2b(?!3c4d5e).{6}$/);
  const aliases = varBinds
    .filter(({ oid }) => oid.includes(".31.1.1.1.18."))
    .map(({ value }) => String(value));
  expect(new Set(aliases).size).toBe(1);
  expect(aliases[0]).toMatch(/^[a-z]{7} \d{4}$/);
  expect(leftOut).toBe(1);
});
