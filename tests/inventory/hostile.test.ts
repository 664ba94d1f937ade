/** Rows I1 to I4 and I6 of the failure catalogue: hostile and damaged files are refused before anything is done. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import { smallInventory } from "./synthetic-inventory.ts";
import { briefly, load, problemsIn, problemsOf, temporaryDirectory, written } from "./temporary.ts";

const devices = smallInventory().get("devices/devices.yaml")!;
const agencies = smallInventory().get("agencies/agencies.yaml")!;

describe("I1: damaged files", () => {
  it("refuses a directory that is empty or not there", async () => {
    expect(briefly(await problemsIn(temporaryDirectory()))).toEqual([".:1:1 missing-file"]);
    expect(briefly(await problemsIn(join(temporaryDirectory(), "nowhere")))).toEqual([".:1:1 no-directory"]);
  });

  it("refuses empty files, and takes files of nothing but comments as empty lists", async () => {
    expect(briefly(await problemsOf({ "systems/systems.yaml": "" }))).toEqual([
      "systems/systems.yaml:1:1 empty",
    ]);
    expect((await load({ "systems/systems.yaml": "# later\n" })).systems.size).toBe(0);
  });

  it("reads a byte order mark and Windows line ends as what they are", async () => {
    const windows = `\uFEFF${devices.replaceAll("\n", "\r\n")}`;
    const inventory = await load({ "devices/devices.yaml": windows });
    expect([...inventory.devices.values()]).toEqual([...(await load()).devices.values()]);
    const [problem] = await problemsOf({
      "devices/devices.yaml": windows.replace("role: router", "rolle: router"),
    });
    expect(problem).toMatchObject({ line: 3, column: 3, code: "unknown-key", hint: 'did you mean "role"?' });
  });

  it.each([
    [
      "UTF-16 LE with a mark",
      Buffer.from(`\uFEFF${devices}`, "utf16le"),
      "devices/devices.yaml:1:1 encoding",
    ],
    ["UTF-16 LE without", Buffer.from(devices, "utf16le"), "devices/devices.yaml:1:1 encoding"],
    ["Latin-1", Buffer.from("- id: rt\n  name: caf\xe9\n", "latin1"), "devices/devices.yaml:2:12 encoding"],
    ["NUL", Buffer.from("- id: rt\n  name: a\0b\n"), "devices/devices.yaml:2:10 encoding"],
  ])("refuses %s", async (_name, octets, expected) => {
    expect(briefly(await problemsOf({ "devices/devices.yaml": octets }))).toContain(expected);
  });

  it("says where a truncated file ends, at every length", async () => {
    for (let length = devices.length - 3; length > 0; length -= 7) {
      const problems = await problemsOf({ "devices/devices.yaml": devices.slice(0, length) });
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
    }
  });

  it("refuses 50 MB without reading it", async () => {
    const directory = written();
    writeFileSync(join(directory, "devices/large.yaml"), "");
    truncateSync(join(directory, "devices/large.yaml"), 50 * 1024 * 1024);
    expect(briefly(await problemsIn(directory))).toEqual(["devices/large.yaml:1:1 too-large"]);
  });

  it("tells every problem of every file at once", async () => {
    const problems = await problemsOf({
      "devices/devices.yaml": devices
        .replace("credential: v2c", "credentials: v2c")
        .replace("192.0.2.2", "192.0.2.300"),
      "sites/sites.yaml":
        "- id: center\n  name: Trung tâm\n  agency: centre\n- id: commune\n  name: Xã\n  agency: commune\n  latitude: 170\n",
    });
    expect(briefly(problems)).toEqual([
      "devices/devices.yaml:5:3 unknown-key",
      "devices/devices.yaml:11:12 invalid-address",
      "sites/sites.yaml:3:11 dangling-reference",
      "sites/sites.yaml:7:13 invalid-value",
    ]);
    expect(problems[0]?.hint).toBe('did you mean "credential"?');
    expect(problems[2]?.hint).toBe('did you mean "center"?');
  });

  it("refuses files and folders that would be overlooked", async () => {
    const directory = written({ "device/more.yaml": devices });
    expect(await problemsIn(directory)).toMatchObject([
      { file: "device", code: "unexpected-file", hint: 'did you mean "devices"?' },
    ]);
    rmSync(join(directory, "device"), { recursive: true });
    writeFileSync(join(directory, "devices.yaml"), devices);
    expect(briefly(await problemsIn(directory))).toEqual(["devices.yaml:1:1 unexpected-file"]);
  });
});

describe("I2: bombs", () => {
  const bomb = Array.from(
    { length: 9 },
    (_, i) =>
      `- &a${i} [${Array(9)
        .fill(i === 0 ? "x" : `*a${i - 1}`)
        .join(", ")}]`,
  ).join("\n");
  const nested = `- ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`;
  const hostile: [string, string, string][] = [
    ["aliases that expand to 9^9 values", bomb, "alias-bomb"],
    ["10,000 lists inside each other", nested, "too-deep"],
    ["10,000 lists inside each other, cut off", nested.slice(0, 10_000), "too-deep"],
    ["10,000 block lists inside each other", `${"- ".repeat(10_000)}x\n`, "too-deep"],
    ["10,000 maps inside each other", `- ${"{ a: ".repeat(10_000)}1${" }".repeat(10_000)}\n`, "too-deep"],
    ["a list that holds itself", "- &a [ 1, *a ]\n", "bad-alias"],
    ["a map that holds itself by two steps", "- &a { b: &b { c: *a } }\n", "bad-alias"],
    ["an alias without an anchor", "- *nobody\n", "bad-alias"],
  ];

  it.each(hostile)("refuses %s", async (_name, text, code) => {
    const problems = await problemsOf({ "devices/bomb.yaml": text });
    expect(problems.map((problem) => problem.code)).toContain(code);
  });

  it("refuses them all in a process of 200 MB", () => {
    const folders = hostile.map(([, text]) => written({ "devices/bomb.yaml": text }));
    const module = resolve(import.meta.dirname, "../../src/inventory/load.ts");
    const memory = resolve(import.meta.dirname, "../bench/peak-memory.ts");
    const program = `const { loadInventory } = await import(${JSON.stringify(module)});
      for (const folder of ${JSON.stringify(folders)}) await loadInventory(folder, { cacheDirectory: false }).catch(() => {});
      const { peakRssOctets } = await import(${JSON.stringify(memory)});
      console.log(peakRssOctets() / 1024 / 1024);`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
    });
    expect(Number(stdout), stderr).toBeLessThan(200);
  });

  it("still follows honest aliases", async () => {
    const inventory = await load({
      "maintenance/maintenance.yaml":
        '- { id: a, reason: x, from: "2026-01-01T01:00", until: "2026-01-01T02:00", devices: &all [ rt-center, rt-commune ] }\n- { id: b, reason: y, from: "2026-01-02T01:00", until: "2026-01-02T02:00", devices: *all }\n',
    });
    expect(inventory.maintenance.get("b")?.devices).toEqual(["rt-center", "rt-commune"]);
  });
});

describe("I3: names of JavaScript's own", () => {
  it.each([
    ["- id: a\n  __proto__: { polluted: true }\n  name: A\n  kind: unit\n", "unknown-key"],
    ["- id: a\n  constructor: { prototype: { polluted: true } }\n  name: A\n  kind: unit\n", "unknown-key"],
    ["- id: a\n  name: A\n  kind: unit\n  <<: { __proto__: { polluted: true } }\n", "unknown-key"],
    [
      "- id: a\n  name: A\n  kind: unit\n  parents: [ { __proto__: { polluted: true }, agency: center } ]\n",
      "unknown-key",
    ],
    ["- id: __proto__\n  name: A\n  kind: unit\n", "invalid-name"],
    ["- id: a\n  name: A\n  kind: unit\n  parents: [ { agency: constructor } ]\n", "dangling-reference"],
  ])("refuses %j", async (text, code) => {
    const problems = await problemsOf({ "agencies/more.yaml": text });
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.prototype).not.toHaveProperty("polluted");
  });

  it("keeps an id called like a method apart", async () => {
    const inventory = await load({
      "agencies/agencies.yaml": `${agencies}- id: constructor\n  name: A\n  kind: unit\n`,
    });
    expect(inventory.agencies.get("constructor")?.name).toBe("A");
    expect(inventory.agencies.get("tostring")).toBeUndefined();
  });
});

describe("I4: names and paths", () => {
  it.each([
    "../../etc/x",
    "a/b",
    "a\\b",
    ".",
    "..",
    "-rf",
    "a-",
    "a--b",
    "A",
    "con",
    "nul",
    "com1",
    "xã",
    "a b",
    "$(id)",
    ";id",
    "{{ x }}",
    "a".repeat(64),
    "а",
  ])("refuses the id %j", async (id) => {
    const problems = await problemsOf({
      "agencies/more.yaml": `- id: ${JSON.stringify(id)}\n  name: A\n  kind: unit\n`,
    });
    expect(briefly(problems)).toEqual(["agencies/more.yaml:1:7 invalid-name"]);
  });

  it.each(["a\\u0000b", "a\\u001b[31mb", "a\\u202eb", "a\\u200bb", "a\\nb"])(
    "refuses the name %j",
    async (name) => {
      const problems = await problemsOf({
        "agencies/more.yaml": `- id: a\n  name: "${name}"\n  kind: unit\n`,
      });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({ line: 2, column: 9 });
    },
  );

  it("takes a name in either Unicode form as the same", async () => {
    const inventory = await load({
      "agencies/more.yaml": `- id: a\n  name: ${"Tân Trạch".normalize("NFD")}\n  kind: unit\n`,
    });
    expect(inventory.agencies.get("a")?.name).toBe("Tân Trạch".normalize("NFC"));
  });

  it("follows links to files inside, as a mounted ConfigMap has them, and none that lead out", async () => {
    const directory = written({ "agencies/..data/real.yaml": agencies });
    rmSync(join(directory, "agencies/agencies.yaml"));
    symlinkSync("..data/real.yaml", join(directory, "agencies/agencies.yaml"));
    expect((await loadInventory(directory, { cacheDirectory: false })).agencies.size).toBe(2);
    const outside = written();
    symlinkSync(join(outside, "systems.yaml"), join(directory, "devices/passwd.yaml"));
    writeFileSync(join(outside, "systems.yaml"), "[]\n");
    expect(briefly(await problemsIn(directory))).toEqual(["devices/passwd.yaml:1:1 outside-directory"]);
  });

  it("refuses links that end nowhere or in a circle, and folders called like files", async () => {
    const directory = written();
    symlinkSync("nowhere.yaml", join(directory, "devices/a.yaml"));
    symlinkSync("b.yaml", join(directory, "devices/b.yaml"));
    mkdirSync(join(directory, "devices/c.yaml"));
    expect(briefly(await problemsIn(directory))).toEqual([
      "devices/a.yaml:1:1 unreadable",
      "devices/b.yaml:1:1 unreadable",
    ]);
  });

  it("refuses a path of a secret that climbs out", async () => {
    const problems = await problemsOf({
      "credentials/credentials.yaml":
        "- id: v2c\n  kind: snmp-community\n  community: { file: ../../etc/shadow }\n",
    });
    expect(briefly(problems)).toEqual(["credentials/credentials.yaml:3:14 outside-directory"]);
  });
});

describe("I6: what YAML guesses", () => {
  it.each([
    ["code: 0777", '"0777"'],
    ["code: 1e3", '"1e3"'],
    ["code: 19192", '"19192"'],
    ["code: true", '"true"'],
    ["code: 0x1F", '"0x1F"'],
  ])("refuses %j where a text is wanted, and says to quote it", async (line, quoted) => {
    const problems = await problemsOf({
      "agencies/more.yaml": `- id: a\n  name: A\n  kind: unit\n  ${line}\n`,
    });
    expect(problems).toMatchObject([
      { line: 4, column: 9, code: "wrong-type", hint: `write it in quotes: ${quoted}` },
    ]);
  });

  it("keeps words that YAML 1.1 took as truth values, and long serial numbers", async () => {
    const inventory = await load({
      "agencies/more.yaml":
        '- id: a\n  name: no\n  kind: unit\n  aliases: [ on, y, 12:30, "0123456789012345678" ]\n',
    });
    expect(inventory.agencies.get("a")).toMatchObject({
      name: "no",
      aliases: ["on", "y", "12:30", "0123456789012345678"],
    });
  });

  it.each([
    ["%YAML 1.1\n---\n- id: a\n", "yaml-directive"],
    ["- id: a\n---\n- id: b\n", "several-documents"],
    ["- id: a\n  id: b\n", "duplicate-key"],
    ["- !!binary aGk=\n", "yaml-tag"],
    ["- ? [ a ]\n  : b\n", "bad-key"],
    ["\t- id: a\n", "yaml-syntax"],
    ["id: a\n", "wrong-type"],
    ["- just a text\n", "wrong-type"],
    ["- ~\n", "wrong-type"],
  ])("refuses %j", async (text, code) => {
    const problems = await problemsOf({ "agencies/more.yaml": text });
    expect(problems.map((problem) => problem.code)).toContain(code);
  });
});
