// T4: checkpoints that are not whole are refused, named, and never written over; a damaged journal likewise.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { R, World } from "../behaviour/world.ts";

let world: World;
let file: string;
let journal: string;

const program = (value: number) => () => {
  const a = new R("a", { value });
  new R("b", { of: a.out }, { parent: a });
};

beforeEach(async () => {
  world = await new World().init();
  await world.up(program(1));
  file = join(world.directory, "state/.pulumi/stacks/proj/dev.json");
  journal = join(world.directory, "state/.pulumi/journals/proj/dev/journal.jsonl");
});
afterEach(() => world.remove());

interface Checkpoint {
  version: number;
  features?: string[];
  checkpoint: { latest: { manifest: { magic: string }; resources: Record<string, unknown>[] } };
}

type Damage = (checkpoint: Checkpoint, text: string) => unknown;

const resource = (checkpoint: Checkpoint, name: string) =>
  checkpoint.checkpoint.latest.resources.find(({ urn }) => String(urn).endsWith(`::${name}`))!;

const damages: readonly (readonly [string, number, RegExp, Damage])[] = [
  ["truncated", 27, /not JSON/, (_, text) => text.slice(0, text.length / 2)],
  ["empty", 27, /not JSON/, () => ""],
  ["of another kind", 27, /not a checkpoint|no version/, () => "[]"],
  [
    "with another magic",
    27,
    /magic cookie mismatch/,
    (checkpoint) => {
      checkpoint.checkpoint.latest.manifest.magic = "00";
    },
  ],
  [
    "without a parent",
    27,
    /::b refers to missing its parent/,
    (checkpoint) => {
      resource(checkpoint, "b").parent = "urn:pulumi:dev::proj::tst:index:R::none";
    },
  ],
  [
    "with its resources out of order",
    27,
    /comes before its|unknown provider/,
    (checkpoint) => {
      checkpoint.checkpoint.latest.resources.reverse();
    },
  ],
  [
    "with a URN twice",
    27,
    /occurs twice/,
    (checkpoint) => {
      const { resources } = checkpoint.checkpoint.latest;
      resources.push(resource(checkpoint, "a"));
    },
  ],
  [
    "with an unknown provider",
    27,
    /unknown provider/,
    (checkpoint) => {
      resource(checkpoint, "b").provider = `${String(resource(checkpoint, "b").provider)}x`;
    },
  ],
  [
    "of version 5",
    2,
    /version 5.*not supported by the embedded engine/,
    (checkpoint) => {
      checkpoint.version = 5;
    },
  ],
  [
    "with an unknown feature",
    27,
    /unknown feature 'time-travel'/,
    (checkpoint) => {
      checkpoint.version = 4;
      checkpoint.features = ["time-travel"];
    },
  ],
  [
    "with a feature of the CLI alone",
    2,
    /'views'.*not supported/,
    (checkpoint) => {
      checkpoint.version = 4;
      checkpoint.features = ["views"];
    },
  ],
];

describe("T4: a checkpoint", () => {
  test.each(damages)(
    "%s is refused, by every operation, and left as it is",
    async (_, exitCode, message, damage) => {
      const text = readFileSync(file, "utf8");
      const checkpoint = JSON.parse(text) as Checkpoint;
      const given = damage(checkpoint, text);
      const damaged = typeof given === "string" ? given : JSON.stringify(checkpoint);
      writeFileSync(file, damaged);
      const calls = world.calls.length;
      const refused = { exitCode, message: expect.stringMatching(message) };
      await expect(world.preview(program(2))).rejects.toMatchObject(refused);
      await expect(world.up(program(2))).rejects.toMatchObject(refused);
      await expect(world.refresh()).rejects.toMatchObject(refused);
      await expect(world.destroy()).rejects.toMatchObject(refused);
      expect(readFileSync(file, "utf8")).toBe(damaged);
      expect(world.calls).toHaveLength(calls);
    },
  );

  test("that is not readable names the newest backup", async () => {
    writeFileSync(file, "{");
    const backups = join(world.directory, "state/.pulumi/backups/proj/dev");
    const newest = readdirSync(backups).sort().at(-1)!;
    await expect(world.preview(program(1))).rejects.toMatchObject({
      fix: expect.stringContaining(join(backups, newest)),
    });
    rmSync(file);
    await world.init();
    await world.engine.importState(world.target(), readFileSync(join(backups, newest), "utf8"));
    expect((await world.up(program(1))).changes).toEqual({ same: 3 });
  });

  test("of which only the .bak is there", async () => {
    renameSync(file, `${file}.bak`);
    await expect(world.preview(program(1))).rejects.toMatchObject({
      exitCode: 22,
      fix: expect.stringContaining(".bak"),
    });
    expect(existsSync(file)).toBe(false);
  });
});

/** The journal of an update that was killed after so many entries. */
async function killedAfter(entries: number): Promise<string[]> {
  const saved: string[] = [];
  const gate = Promise.withResolvers<void>();
  world.gates.set("update:a", gate.promise);
  const running = world.engine.up(world.target(program(2)), { parallel: 1 });
  const ended = world.follow(running);
  while (!world.calls.includes("update a")) await new Promise((resolve) => setTimeout(resolve, 5));
  saved.push(...readFileSync(journal, "utf8").split("\n").filter(Boolean));
  const seal = join(world.directory, "state/.pulumi/seals/proj/dev.seal.attrs");
  const [checkpoint, sealed] = [readFileSync(file, "utf8"), readFileSync(seal, "utf8")];
  gate.resolve();
  await ended;
  world.gates.clear();
  // As it was when the process was killed.
  writeFileSync(file, checkpoint);
  writeFileSync(seal, sealed);
  mkdirSync(join(journal, ".."), { recursive: true });
  const lines = saved.slice(0, entries);
  writeFileSync(journal, `${lines.join("\n")}\n`);
  return lines;
}

const framed = (entry: unknown) => {
  const text = JSON.stringify(entry);
  return `${crc32(text).toString(16).padStart(8, "0")} ${text}`;
};

describe("a journal that a crash left", () => {
  test("with a torn end: the whole entries count, the rest is kept aside and told", async () => {
    await killedAfter(99);
    writeFileSync(journal, `${readFileSync(journal, "utf8")}deadbeef {"ends":1,"adds":{"reso`);
    const end = await world.up(program(2));
    expect(end.result).toBe("succeeded");
    expect(end.warnings.join("\n")).toMatch(/octets of its journal are no whole entry.*kept as .*\.journal/);
    expect(end.warnings.join("\n")).toMatch(/::a, interrupted while updating/);
    const backups = readdirSync(join(world.directory, "state/.pulumi/backups/proj/dev"));
    expect(backups.filter((name) => name.endsWith(".journal"))).toHaveLength(1);
  });

  test("whose last whole entry was altered: it is kept aside too, the disk may have done it", async () => {
    await killedAfter(99);
    const text = readFileSync(journal, "utf8");
    writeFileSync(journal, text.replace(/.{4}\n$/, "xxxx\n"));
    const end = await world.up(program(2));
    expect(end.result).toBe("succeeded");
    expect(end.warnings.join("\n")).toMatch(/kept as/);
  });

  test("damaged in front of whole entries: refused with the place, and nothing is touched", async () => {
    const lines = await killedAfter(99);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    const text = [lines[0], "00000000 {}", framed({ forgetsPending: true }), ""].join("\n");
    writeFileSync(journal, text);
    const before = world.file;
    await expect(world.up(program(2))).rejects.toMatchObject({
      exitCode: 27,
      message: expect.stringMatching(/damaged at octet \d+/),
      fix: expect.stringContaining("truncate --size"),
    });
    await expect(world.preview(program(2))).rejects.toMatchObject({ exitCode: 27 });
    expect(readFileSync(journal, "utf8")).toBe(text);
    expect(world.file).toBe(before);
    const locks = readdirSync(join(world.directory, "state/.pulumi/locks/organization/proj/dev"));
    expect(locks).toHaveLength(1);
    const [, size, of] = /truncate --size (\d+) (\S+)/.exec(
      String(await world.up(program(2)).catch((error: { fix: string }) => error.fix)),
    )!;
    writeFileSync(of!, readFileSync(of!).subarray(0, Number(size)));
    expect((await world.up(program(2))).result).toBe("succeeded");
  });

  test("of another checkpoint: refused, the CLI changed the stack in between", async () => {
    await killedAfter(99);
    writeFileSync(file, `${world.file}\n`);
    await expect(world.up(program(2))).rejects.toMatchObject({ exitCode: 27 });
    expect(existsSync(journal)).toBe(true);
  });

  test("not even a whole header", async () => {
    mkdirSync(join(journal, ".."), { recursive: true });
    writeFileSync(journal, "12");
    expect((await world.up(program(1))).changes).toEqual({ same: 3 });
    expect(existsSync(journal)).toBe(false);
  });
});
