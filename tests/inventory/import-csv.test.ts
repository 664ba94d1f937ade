/** CSV out and in, as spreadsheets write it. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { exportTables } from "../../src/actions/inventory/export.ts";
import { planImport } from "../../src/actions/inventory/import.ts";
import { readCsv } from "../../src/inventory/import/csv.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { renderCsv } from "../../src/report/render-csv.ts";
import { temporaryDirectory, written } from "./temporary.ts";

const root = resolve(import.meta.dirname, "../..");

function csv(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join("\r\n"));
}

describe("CSV", () => {
  it("goes out and comes back as the same inventory, table by table", async () => {
    const example = temporaryDirectory();
    spawnSync("cp", ["-r", `${join(root, "inventory/quang-binh")}/.`, example]);
    const tables = await exportTables({ directory: example, cacheDirectory: temporaryDirectory() });
    for (const [table, view] of tables) {
      const file = join(temporaryDirectory(), `${table}.csv`);
      writeFileSync(file, renderCsv([view]));
      const plan = await planImport(example, { from: "csv", file, table });
      expect(plan.diff, table).toBe("");
      expect(plan.notes.join(" "), table).toMatch(/: 0 new, 0 changed, \d+ as they were/);
    }
  });

  it("does not let a spreadsheet run anything, and takes the sign off again", async () => {
    const hostile = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "＝1", "' =1", 'a "b", c'];
    const names = hostile
      .map((name, i) => `- { id: a${i}, name: ${JSON.stringify(name)}, kind: unit }\n`)
      .join("");
    const directory = written({ "agencies/hostile.yaml": names });
    const view = (await exportTables({ directory, cacheDirectory: temporaryDirectory() })).get("agencies")!;
    const text = renderCsv([view]);
    for (const field of text.split(/[\r\n]+/).flatMap((line) => line.split(",")))
      expect(field).not.toMatch(/^"?\s*[=+@＝]/);
    const back = readCsv("a.csv", Buffer.from(text), "agencies").objects.agencies ?? [];
    expect(
      back
        .filter(({ id }) => /^a\d$/.test(id))
        .map(({ name }) => name)
        .slice(0, 5),
    ).toEqual(hostile.slice(0, 5));
  });

  it("is read as spreadsheets write it: semicolons, tabs, byte order mark, quotes, lines in fields", () => {
    for (const delimiter of [",", ";", "\t"]) {
      const text = `\uFEFF${["id", "name", "kind", "aliases"].join(delimiter)}\r\nx${delimiter}"Xã ""X"", số 1"${delimiter}unit${delimiter}a|b\r\n\r\ny${delimiter}"Hai\ndòng"${delimiter}unit`;
      expect(readCsv("a.csv", Buffer.from(text), "agencies").objects.agencies).toEqual([
        { id: "x", name: 'Xã "X", số 1', kind: "unit", aliases: ["a", "b"] },
        { id: "y", name: "Hai\ndòng", kind: "unit" },
      ]);
    }
  });

  it("is read as a Vietnamese Excel writes it: sep=;, decimal commas, ĐÚNG and SAI, spaces in the header", () => {
    const sites =
      "\uFEFFsep=;\r\n id ;name;agency;latitude;longitude\r\na;Điểm A, tầng 2;center;17,468;106,622\r\n";
    expect(readCsv("a.csv", Buffer.from(sites), "sites").objects.sites).toEqual([
      { id: "a", name: "Điểm A, tầng 2", agency: "center", latitude: 17.468, longitude: 106.622 },
    ]);
    const interfaces = "device;name;monitored\r\nrt;ether1;ĐÚNG\r\nrt;ether2;SAI\r\n";
    expect(readCsv("i.csv", Buffer.from(interfaces), "interfaces").objects.devices).toEqual([
      {
        id: "rt",
        interfaces: [
          { name: "ether1", monitored: true },
          { name: "ether2", monitored: false },
        ],
      },
    ]);
    const wrong = 'sep=;\nid;nmae\nx;"a\nb"\n;c\n';
    expect(() => readCsv("a.csv", Buffer.from(wrong), "sites")).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ line: 2, column: 2 })] }),
    );
    expect(() => readCsv("a.csv", Buffer.from('id,latitude\nx,"17,468"\n'), "sites")).toThrow(/17,468/);
  });

  it("adds, changes only what it gives, removes nothing, and shows the diff first", async () => {
    const directory = written();
    const file = join(temporaryDirectory(), "d.csv");
    writeFileSync(
      file,
      csv([
        "id,site,role,address,credential,model",
        "rt-commune,,,192.0.2.22,,RB4011",
        "sw-1,commune,switch,192.0.2.9,v2c,",
      ]),
    );
    const plan = await planImport(directory, { from: "csv", file, table: "devices" });
    expect(plan.notes).toEqual(["devices: 1 new, 1 changed, 0 as they were"]);
    expect(plan.diff).toContain("-  address: 192.0.2.2\n+  address: 192.0.2.22\n");
    await plan.write();
    const inventory = await loadInventory(directory, { cacheDirectory: false });
    expect(inventory.devices.get("rt-commune")).toMatchObject({
      address: "192.0.2.22",
      model: "RB4011",
      site: "commune",
      interfaces: [{ name: "ether1" }],
    });
    expect(inventory.devices.get("sw-1")).toMatchObject({ role: "switch" });
    expect(readFileSync(join(directory, "devices/imported.yaml"), "utf8")).toMatch(
      /^# yaml-language-server: /,
    );
    writeFileSync(
      file,
      csv(["device,name,address,monitored", "rt-commune,ether2,10.9.9.1/24,no", "rt-commune,ether1,,"]),
    );
    await (await planImport(directory, { from: "csv", file, table: "interfaces" })).write();
    expect(
      (await loadInventory(directory, { cacheDirectory: false })).devices.get("rt-commune")?.interfaces,
    ).toMatchObject([
      { name: "ether1", address: "198.51.100.2/30" },
      { name: "ether2", monitored: false },
    ]);
  });

  it("gives new agencies their parent, and leaves the history of known ones alone", async () => {
    const directory = written();
    const file = join(temporaryDirectory(), "a.csv");
    writeFileSync(
      file,
      csv(["id,name,kind,parent", "school,Trường,unit,commune", "commune,Xã Nhỏ,commune,center"]),
    );
    const plan = await planImport(directory, { from: "csv", file, table: "agencies" });
    expect(plan.notes).toEqual(["agencies: 1 new, 0 changed, 1 as they were"]);
    await plan.write();
    const { agencies } = await loadInventory(directory, { cacheDirectory: false });
    expect(agencies.get("school")?.parents).toEqual([{ agency: "commune" }]);
    expect(agencies.get("commune")?.parents).toEqual([]);
  });

  it("tells everything that is wrong with a table at once, by line and column", () => {
    const broken = () =>
      readCsv(
        "a.csv",
        csv(["id,site,role,port", ",x,switch,161", "b,x,switch,many", "c,x,switch,1,2"]),
        "devices",
      );
    expect(broken).toThrow(
      expect.objectContaining({
        exitCode: 22,
        problems: [
          expect.objectContaining({ line: 2, column: 1, code: "missing-key" }),
          expect.objectContaining({ line: 3, column: 4, code: "wrong-type" }),
          expect.objectContaining({ line: 4, column: 5, code: "extra-field" }),
        ],
      }),
    );
    expect(() => readCsv("a.csv", csv(["id,adress", "a,b"]), "devices")).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ code: "unknown-column", hint: 'did you mean "address"?' })],
      }),
    );
    expect(() => readCsv("a.csv", Buffer.from("id\n", "utf16le"), "devices")).toThrow("UTF-16");
  });

  it("is refused when the inventory would not be valid after it", async () => {
    const directory = written();
    const file = join(temporaryDirectory(), "d.csv");
    writeFileSync(file, csv(["id,site,role,address,credential", "sw-1,nowhere,switch,192.0.2.1,v2c"]));
    await expect(planImport(directory, { from: "csv", file, table: "devices" })).rejects.toMatchObject({
      exitCode: 22,
      problems: [{ code: "dangling-reference" }, { code: "duplicate-address" }],
    });
  });
});
