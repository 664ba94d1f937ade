/** The file of a store: its modes, who may open it, and what is refused. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/store/open-store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import type { Store } from "../../src/store/types.ts";
import { makeSample } from "../samples/make-sample.ts";
import { opened, temporaryDirectory } from "./place.ts";

function refusal(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

const isRoot = process.getuid?.() === 0;
const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

test("every file is the owner's alone, whatever the umask", () => {
  const umask = process.umask(0);
  try {
    const directory = join(temporaryDirectory(), "state");
    opened(join(directory, "samples.db"), { mode: "write" }).append([makeSample(0)]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const modes = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]);
    expect(modes.length).toBeGreaterThan(2);
    for (const [name, mode] of modes) expect(mode, String(name)).toBe(0o600);
  } finally {
    process.umask(umask);
  }
});

test("samples outlive the process that wrote them", () => {
  const path = join(temporaryDirectory(), "samples.db");
  const writer = openStore(path, { mode: "write" });
  writer.append([makeSample(0), makeSample(60)]);
  writer.close();
  writer.close();
  expect([...opened(path, { mode: "read" }).range({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })]).toEqual([
    makeSample(0),
    makeSample(60),
  ]);
});

test("a reader sees what is committed while a writer goes on, and neither waits", () => {
  const path = join(temporaryDirectory(), "samples.db");
  const writer = opened(path, { mode: "write" });
  writer.append([makeSample(0)]);
  const reader = opened(path, { mode: "read" });
  const reading = reader.range({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })[Symbol.iterator]();
  reading.next();
  for (let seconds = 60; seconds < 6000; seconds += 60) writer.append([makeSample(seconds)]);
  expect(reader.status().samples).toBe(100);
  expect(reader.last(1, { untilMs: Number.MAX_SAFE_INTEGER }).get("router-1")).toEqual([makeSample(5940)]);
});

test("a store that is read cannot be written", () => {
  const path = join(temporaryDirectory(), "samples.db");
  openStore(path, { mode: "write" }).close();
  expect(() => opened(path, { mode: "read" }).append([makeSample(0)])).toThrow(TypeError);
});

test("times that are none are a mistake of the caller, and nothing of their batch is kept", () => {
  const store = opened(join(temporaryDirectory(), "samples.db"), { mode: "write" });
  for (const atMs of [-1, 0.5, Number.NaN, 2 ** 53])
    expect(() => store.append([makeSample(0), { ...makeSample(60), atMs }])).toThrow(RangeError);
  expect(store.status()).toMatchObject({ samples: 0, devices: 0 });
  store.append([makeSample(0)]);
  expect(store.status()).toMatchObject({ samples: 1, devices: 1 });
});

describe("what is refused", () => {
  test("a second writer, with the process that writes", () => {
    const path = join(temporaryDirectory(), "samples.db");
    const first = openStore(path, { mode: "write" });
    const error = refusal(() => openStore(path, { mode: "write" }));
    expect(error).toMatchObject({ code: "locked", exitCode: 25, target: path });
    expect(error.message).toContain(`process ${process.pid}`);
    first.close();
    opened(path, { mode: "write" }).append([makeSample(0)]);
  });

  test("no store to read", () => {
    expect(refusal(() => openStore(join(temporaryDirectory(), "none.db"), { mode: "read" }))).toMatchObject({
      code: "no-store",
      exitCode: 22,
      fix: expect.stringContaining("pdc poll"),
    });
  });

  test.each(["read", "write"] as const)("a newer store, to %s, and it is left as it was", (mode) => {
    const path = join(temporaryDirectory(), "samples.db");
    openStore(path, { mode: "write" }).close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE");
    database.close();
    const before = hashOf(path);
    expect(refusal(() => openStore(path, { mode }))).toMatchObject({ code: "newer-schema", exitCode: 22 });
    expect(hashOf(path)).toBe(before);
  });

  test.each(["read", "write"] as const)("another program's database, to %s", (mode) => {
    const path = join(temporaryDirectory(), "other.db");
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE t (x)");
    database.close();
    const before = hashOf(path);
    expect(refusal(() => openStore(path, { mode }))).toMatchObject({ code: "not-a-store", exitCode: 22 });
    expect(hashOf(path)).toBe(before);
  });

  test("a file that is no database", () => {
    const path = join(temporaryDirectory(), "text.db");
    writeFileSync(path, "this is not a database, it only looks like a file ".repeat(100));
    expect(refusal(() => openStore(path, { mode: "write" })).code).toBe("not-a-store");
  });

  test("a truncated one, as damaged", () => {
    const path = join(temporaryDirectory(), "samples.db");
    const writer = openStore(path, { mode: "write" });
    for (let seconds = 0; seconds < 60_000; seconds += 60) writer.append([makeSample(seconds)]);
    writer.close();
    truncateSync(path, Math.floor(statSync(path).size / 2 / 8192) * 8192 - 100);
    const error = refusal(() => [
      ...opened(path, { mode: "read" }).range({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }),
    ]);
    expect(error).toMatchObject({ code: "damaged", exitCode: 27, fix: expect.stringContaining("recover") });
  });
});

test.each(["read", "write", "annotate"] as const)(
  "a directory is none, and no disk has failed (%s)",
  (mode) => {
    const path = join(temporaryDirectory(), "state");
    mkdirSync(path);
    expect(refusal(() => openStore(path, { mode }))).toMatchObject({
      code: "not-a-store",
      message: `${path} is a directory`,
      fix: expect.stringContaining("samples.db"),
    });
    expect(readdirSync(path)).toEqual([]);
  },
);

describe("where nothing can be written (needs root)", () => {
  const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

  /** A store on a file system that is then made read-only; `leave` says what lies beside it. */
  function onReadOnlyDisk(leave: (path: string, writer: Store) => void) {
    const disk = join(temporaryDirectory(), "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", disk]);
    onTestFinished(() => void execFileSync("umount", ["-l", disk]));
    const path = join(disk, "samples.db");
    const writer = openStore(path, { mode: "write" });
    writer.append([makeSample(0), makeSample(60)]);
    leave(path, writer);
    execFileSync("mount", ["-o", "remount,ro", disk]);
    return path;
  }

  test.skipIf(!isRoot)("P6: a store that was closed is read, and not written", () => {
    const path = onReadOnlyDisk((_, writer) => writer.close());
    const before = readdirSync(dirname(path));
    const store = opened(path, { mode: "read" });
    expect([...store.range(everything)]).toHaveLength(2);
    expect(store.check().damages).toBe(0);
    expect(readdirSync(dirname(path))).toEqual(before);
    expect(() => openStore(path, { mode: "write" })).toThrow(/read-only/);
    expect(refusal(() => openStore(path, { mode: "annotate" }))).toMatchObject({ exitCode: 22 });
  });

  test.skipIf(!isRoot)(
    "P6: one with commits in its log that cannot be read there is refused, with what to do",
    () => {
      const path = onReadOnlyDisk((file, writer) => {
        const log = readFileSync(`${file}-wal`);
        writer.close();
        writeFileSync(`${file}-wal`, log);
      });
      const error = refusal(() => openStore(path, { mode: "read" }));
      expect(error).toMatchObject({
        code: "unusable",
        exitCode: 22,
        fix: expect.stringContaining("copy both"),
      });
    },
  );
});
