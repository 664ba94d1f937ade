/** Changing the files: nothing else moves, comments stay, the result is valid, and the writing is whole. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planMerge } from "../../src/actions/inventory/merge.ts";
import { planRename } from "../../src/actions/inventory/rename.ts";
import { planRenumber } from "../../src/actions/inventory/renumber.ts";
import { codeAt, nameAt, parentAt, siteAgencyAt } from "../../src/inventory/agencies.ts";
import { unifiedDiff } from "../../src/inventory/edit/line-diff.ts";
import { writeChanges } from "../../src/inventory/edit/write-changes.ts";
import { appendItems, editItem } from "../../src/inventory/edit/yaml-items.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { findAgency } from "../../src/inventory/lookup.ts";
import { smallInventory, writeInventory } from "./synthetic-inventory.ts";
import { temporaryDirectory, written } from "./temporary.ts";

const root = resolve(import.meta.dirname, "../..");

/** The lines a diff takes out and puts in, without their places. */
function changedLines(diff: string): string[] {
  return diff.split("\n").filter((line) => /^[-+](?![-+]{2} )/.test(line));
}

describe("a unified diff", () => {
  it("is what git applies", () => {
    const line = fc.constantFrom("a", "b", "c", "- id: x", "", "  y: đ");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.array(line, { maxLength: 30 }), (a, b) => {
        const [before, after] = [a, b].map((lines) => lines.map((one) => `${one}\n`).join("")) as [
          string,
          string,
        ];
        const diff = unifiedDiff("f.yaml", before, after);
        if (before === after) expect(diff).toBe("");
        if (before === after || before === "" || after === "") return;
        const directory = temporaryDirectory();
        writeFileSync(join(directory, "f.yaml"), before);
        const { status, stderr } = spawnSync("git", ["apply", "--unidiff-zero", "-"], {
          cwd: directory,
          input: diff,
          encoding: "utf8",
        });
        expect(status, `${stderr}\n${diff}`).toBe(0);
        expect(readFileSync(join(directory, "f.yaml"), "utf8")).toBe(after);
      }),
      { numRuns: 40 },
    );
  });

  it("does not take long over files that share nothing", () => {
    const lines = (mark: string) => Array.from({ length: 800 }, (_, i) => `${mark}${i}\n`).join("");
    expect(changedLines(unifiedDiff("f", lines("a"), lines("b")))).toHaveLength(1600);
  });
});

describe("one object of a file", () => {
  const text = `# heading
- id: a   # first
  # inside
  name:   'A'
  aliases: [ x, "y" ]

# about b
- id: b
  name: B
`;

  it("is changed alone: comments and every other line stay as they are", () => {
    const changed = editItem(text, "a", (item) => {
      item.set("name", "Á");
      item.set("validUntil", "2025-07-01");
    });
    expect(changedLines(unifiedDiff("f", text, changed))).toEqual([
      "-  name:   'A'",
      "+  name: 'Á'",
      '+  validUntil: "2025-07-01"',
    ]);
    expect(editItem(text, "b", (item) => item.set("name", "B2"))).toBe(text.replace("name: B", "name: B2"));
    expect(editItem(text, "b", (item) => item.set("code", "18", "id"))).toBe(
      text.replace("- id: b\n", '- id: b\n  code: "18"\n'),
    );
  });

  it("keeps Windows line ends, and files without a last one", () => {
    const windows = text.replaceAll("\n", "\r\n");
    expect(editItem(windows, "b", (item) => item.set("name", "B2"))).toBe(
      windows.replace("name: B", "name: B2"),
    );
    expect(appendItems(windows, [{ id: "c", name: "C" }], "")).toBe(`${windows}- id: c\r\n  name: C\r\n`);
    expect(appendItems("- id: a", [{ id: "c", name: "C" }], "")).toBe("- id: a\n- id: c\n  name: C\n");
    expect(appendItems("# later\n[]\n", [{ id: "c", name: "C", parents: [{ agency: "a" }] }], "")).toBe(
      "# later\n- id: c\n  name: C\n  parents:\n    - { agency: a }\n",
    );
  });

  it("keeps maps that are laid out over several lines", () => {
    const long =
      "- id: a\n  interfaces:\n    - {\n        name: ether1,\n        description: a long text,\n      }\n    - { name: ether2 }\n  tags: [x,y]\n";
    expect(editItem(long, "a", (item) => item.set("model", "M"))).toBe(`${long}  model: M\n`);
  });

  it("is found in lists that are written in other ways", () => {
    expect(
      editItem("[ { id: a, name: A }, { id: b, name: B } ]\n", "b", (item) => item.set("name", "B2")),
    ).toContain("{ id: b, name: B2 }");
    expect(editItem("  - id: a\n    name: A\n", "a", (item) => item.set("name", "A2"))).toContain("name: A2");
  });

  it("reads back as the same when nothing is set, over every object of the example", () => {
    const example = join(root, "inventory/quang-binh");
    for (const name of readdirSync(example, { recursive: true, encoding: "utf8" }).filter((path) =>
      /^(?!manifests\/).*\/.*\.yaml$/.test(path),
    )) {
      const before = readFileSync(join(example, name), "utf8");
      const ids = [...before.matchAll(/^- id: (\S+)/gm)].map((match) => match[1]!);
      for (const id of [ids[0]!, ids.at(-1)!])
        expect(
          editItem(before, id, () => {}),
          `${name} ${id}`,
        ).toBe(before);
    }
  });
});

describe("a reform", () => {
  const agencies = `- id: center
  name: Trung tâm
  kind: department
- id: west   # the seat of the merged commune
  code: "1"
  name: Xã Tây
  nameEn: West
  kind: commune
- id: east
  code: "2"
  name: Xã Đông
  kind: commune
- id: school
  name: Trường
  kind: unit
  parents:
    - { agency: east }
`;
  const files = {
    "agencies/agencies.yaml": agencies,
    "sites/sites.yaml":
      "- id: center\n  name: Trung tâm\n  agency: center\n- id: commune\n  name: Trụ sở\n  agency: east\n",
    "systems/systems.yaml": "- { id: s, name: S, nameEn: S, owner: east, handledBy: wan }\n",
    "maintenance/m.yaml":
      '- { id: old, reason: r, agencies: [ east ], from: "2025-01-01T01:00", until: "2025-01-01T02:00" }\n- { id: new, reason: r, agencies: [ east, west ], from: "2026-01-01T01:00", until: "2026-01-01T02:00" }\n',
  };
  const on = "2025-07-01";

  it("merges: what belonged to the one that ends belongs to the other from that day", async () => {
    const directory = written(files);
    const plan = await planMerge(directory, {
      sources: ["Xã Đông"],
      into: "west",
      on,
      name: "Xã Đông Tây",
      code: "12",
    });
    expect(plan.changes.map(({ path }) => path)).toEqual([
      "agencies/agencies.yaml",
      "maintenance/m.yaml",
      "sites/sites.yaml",
      "systems/systems.yaml",
    ]);
    expect(readFileSync(join(directory, "agencies/agencies.yaml"), "utf8")).toBe(agencies);
    await plan.write();
    const inventory = await loadInventory(directory, { cacheDirectory: false });
    const west = inventory.agencies.get("west")!;
    expect([
      nameAt(west, "2025-06-30"),
      nameAt(west, on),
      codeAt(west, "2025-06-30"),
      codeAt(west, on),
    ]).toEqual(["Xã Tây", "Xã Đông Tây", "1", "12"]);
    expect(inventory.agencies.get("east")).toMatchObject({
      validUntil: on,
      mergedInto: { agency: "west", on },
    });
    const [school, site] = [inventory.agencies.get("school")!, inventory.sites.get("commune")!];
    expect([parentAt(school, "2025-06-30"), parentAt(school, on)]).toEqual(["east", "west"]);
    expect([siteAgencyAt(inventory, site, "2025-06-30"), siteAgencyAt(inventory, site, on)]).toEqual([
      "east",
      "west",
    ]);
    expect(inventory.systems.get("s")?.owner).toBe("west");
    expect([inventory.maintenance.get("old")?.agencies, inventory.maintenance.get("new")?.agencies]).toEqual([
      ["east"],
      ["west"],
    ]);
    expect(findAgency(inventory, "Xã Tây").id).toBe("west");
    expect(readFileSync(join(directory, "agencies/agencies.yaml"), "utf8")).toContain(
      "- id: west   # the seat of the merged commune",
    );
  });

  it("merges into an agency that the merger makes", async () => {
    const directory = written(files);
    await expect(planMerge(directory, { sources: ["east", "west"], into: "both", on })).rejects.toMatchObject(
      { exitCode: 2, fix: expect.stringContaining("--name") },
    );
    const plan = await planMerge(directory, {
      sources: ["east", "west"],
      into: "both",
      on,
      name: "Xã Chung",
      code: "3",
    });
    await plan.write();
    const inventory = await loadInventory(directory, { cacheDirectory: false });
    expect(inventory.agencies.get("both")).toMatchObject({
      name: "Xã Chung",
      code: "3",
      kind: "commune",
      validFrom: on,
    });
    expect(inventory.sites.get("commune")?.agency).toBe("both");
  });

  it("refuses what cannot be", async () => {
    const directory = written(files);
    await expect(planMerge(directory, { sources: ["east"], into: "east", on })).rejects.toMatchObject({
      exitCode: 2,
    });
    await expect(
      planMerge(directory, { sources: ["east"], into: "west", on: "1 July 2025" }),
    ).rejects.toMatchObject({ exitCode: 2 });
    await expect(planRename(directory, { agency: "east", name: "Xã Đông", on })).rejects.toMatchObject({
      exitCode: 2,
    });
    await expect(
      planRenumber(directory, { codes: [{ agency: "east", code: "1" }], on }),
    ).rejects.toMatchObject({ exitCode: 22, problems: [{ code: "duplicate-code" }] });
    await expect(planRename(directory, { agency: "east", name: "Xã\nĐông", on })).rejects.toMatchObject({
      exitCode: 22,
    });
    await expect(planRename(directory, { agency: "nobody", name: "X", on })).rejects.toMatchObject({
      exitCode: 2,
    });
  });

  it("renames and renumbers several times and forgets nothing", async () => {
    const directory = written(files);
    for (const [name, day] of [
      ["Xã Hai", "2024-01-01"],
      ["Xã Ba", "2025-01-01"],
    ] as const)
      await (await planRename(directory, { agency: "east", name, on: day })).write();
    await (
      await planRenumber(directory, {
        codes: [
          { agency: "east", code: "1" },
          { agency: "west", code: "2" },
        ],
        on,
      })
    ).write();
    const inventory = await loadInventory(directory, { cacheDirectory: false });
    const east = inventory.agencies.get("east")!;
    expect(["2023-12-31", "2024-06-01", "2025-01-01"].map((day) => nameAt(east, day))).toEqual([
      "Xã Đông",
      "Xã Hai",
      "Xã Ba",
    ]);
    expect([codeAt(east, "2025-06-30"), codeAt(east, on)]).toEqual(["2", "1"]);
  });

  it("works on the example, whole district by whole district", async () => {
    const directory = temporaryDirectory();
    spawnSync("cp", ["-r", `${join(root, "inventory/quang-binh")}/.`, directory]);
    const sources = [...(await loadInventory(directory, { cacheDirectory: false })).agencies.values()]
      .filter((agency) => agency.parents[0]?.agency === "tx-ba-don")
      .map(({ id }) => id);
    const plan = await planMerge(directory, { sources: sources.slice(1), into: sources[0]!, on });
    expect(changedLines(plan.diff).filter((line) => line.startsWith("-"))).toHaveLength(15);
    await plan.write();
    const inventory = await loadInventory(directory, { cacheDirectory: false });
    expect([...inventory.sites.values()].filter(({ agency }) => agency === sources[0])).toHaveLength(16);
  });
});

describe("writing", () => {
  const change = (directory: string, path: string, after: string) => {
    const before = spawnSync("cat", [join(directory, path)]).stdout;
    return { path, before, after: Buffer.from(after), diff: "" };
  };

  it("keeps the mode and leaves no other file behind", async () => {
    const directory = written();
    chmodSync(join(directory, "province.yaml"), 0o640);
    await writeChanges(directory, [
      change(directory, "province.yaml", "id: new\nname: N\n"),
      { path: "systems/new.yaml", before: undefined, after: Buffer.from("[]\n"), diff: "" },
    ]);
    expect(readFileSync(join(directory, "province.yaml"), "utf8")).toBe("id: new\nname: N\n");
    expect(statSync(join(directory, "province.yaml")).mode & 0o777).toBe(0o640);
    expect(
      readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".tmp")),
    ).toEqual([]);
  });

  it("writes nothing when any of the files was changed meanwhile, is new after all, or is a link", async () => {
    const directory = written();
    const changes = [change(directory, "province.yaml", "x"), change(directory, "links/links.yaml", "y")];
    writeFileSync(join(directory, "links/links.yaml"), "# somebody else\n");
    await expect(writeChanges(directory, changes)).rejects.toMatchObject({
      exitCode: 25,
      target: "links/links.yaml",
    });
    const isThere = { path: "links/links.yaml", before: undefined, after: Buffer.from("z"), diff: "" };
    await expect(writeChanges(directory, [isThere])).rejects.toMatchObject({ exitCode: 25 });
    const elsewhere = join(temporaryDirectory(), "target.yaml");
    writeFileSync(elsewhere, "[]\n");
    symlinkSync(elsewhere, join(directory, "link.yaml"));
    await expect(
      writeChanges(directory, [
        { path: "link.yaml", before: Buffer.from("[]\n"), after: Buffer.from("z"), diff: "" },
      ]),
    ).rejects.toThrow("symbolic link");
    expect(readFileSync(elsewhere, "utf8")).toBe("[]\n");
    expect(readFileSync(join(directory, "province.yaml"), "utf8")).toBe(
      smallInventory().get("province.yaml"),
    );
    expect(readdirSync(directory).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("does not write through a folder that leads out", async () => {
    const directory = written();
    const outside = temporaryDirectory();
    symlinkSync(outside, join(directory, "systems"));
    await expect(
      writeChanges(directory, [
        { path: "systems/a.yaml", before: undefined, after: Buffer.from("[]\n"), diff: "" },
      ]),
    ).rejects.toThrow("leads out");
    expect(readdirSync(outside)).toEqual([]);
  });

  it("is refused for an inventory that is not valid", async () => {
    const directory = temporaryDirectory();
    writeInventory(directory, smallInventory().set("links/links.yaml", "- id: x\n"));
    mkdirSync(dirname(join(directory, "x")), { recursive: true });
    await expect(
      planRename(directory, { agency: "commune", name: "X", on: "2025-01-01" }),
    ).rejects.toMatchObject({ exitCode: 22 });
  });
});
