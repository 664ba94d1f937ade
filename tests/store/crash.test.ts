/** A writer that is killed, and a disk that is full. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/store/open-store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { counter64, makeInterface, makeSample } from "../samples/make-sample.ts";
import { opened, temporaryDirectory } from "./place.ts";

const appender = resolve(import.meta.dirname, "appender.ts");
const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

/** Runs the appender, kills it at a moment, and tells the last count it had committed. */
function killAfter(path: string, lines: number): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [appender, path], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split("\n").length > lines) child.kill("SIGKILL");
    });
    child.on("error", fail);
    child.on("exit", () => done(Number(output.trimEnd().split("\n").at(-1))));
  });
}

test("kill -9 loses nothing that was committed, and leaves nothing half", async () => {
  const path = join(temporaryDirectory(), "samples.db");
  for (const lines of [1, 7, 40, 200]) {
    const committed = await killAfter(path, lines);
    const reader = openStore(path, { mode: "read" });
    const found = [...reader.range(everything)].length;
    expect(found % 50).toBe(0);
    expect(found).toBeGreaterThanOrEqual(committed);
    expect(reader.status().samples).toBe(found);
    reader.close();
    const database = new DatabaseSync(path);
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
    // The lock went with the process: the next writer begins at once, and the same batches replace themselves.
    openStore(path, { mode: "write" }).close();
  }
});

test("P6: a write that fails, wherever: all that was committed is there, the rest is refused in words", () => {
  // The kernel fails what would make a file larger than the limit, in the middle of a page too (setrlimit(2)).
  for (const kibibytes of [9, 40, 121, 333, 700, 1023, 2000]) {
    const path = join(temporaryDirectory(), "samples.db");
    const { stdout, stderr, status } = spawnSync(
      "bash",
      ["-c", `trap "" XFSZ; ulimit -f ${kibibytes}; exec "$0" "$@"`, process.execPath, appender, path],
      { encoding: "utf8", timeout: 60_000 },
    );
    expect(status, stderr).toBe(1);
    expect(stderr).toMatch(/the disk failed under|the disk of .* is full/);
    const committed = Number(stdout.trimEnd().split("\n").at(-1) ?? 0);
    const reader =
      existsSync(path) && statSync(path).size > 0 ? openStore(path, { mode: "read" }) : undefined;
    const found = reader ? [...reader.range(everything)].length : 0;
    expect(found, `${kibibytes} KiB`).toBe(committed);
    expect(reader?.check().damages ?? 0).toBe(0);
    reader?.close();
    // With room again it goes on there.
    const writer = opened(path, { mode: "write" });
    writer.append([makeSample(1e9)]);
    expect([...writer.range(everything)]).toHaveLength(committed + 1);
  }
}, 120_000);

const isRoot = process.getuid?.() === 0;
test.skipIf(!isRoot)(
  "a full disk refuses whole batches, keeps what it has, and takes more when there is room (needs root)",
  () => {
    const disk = join(temporaryDirectory(), "disk");
    execFileSync("mkdir", [disk]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", disk]);
    onTestFinished(() => void execFileSync("umount", ["-l", disk]));
    const path = join(disk, "samples.db");
    const store = opened(path, { mode: "write" });
    const batch = (cycle: number) =>
      Array.from({ length: 200 }, (_, number) =>
        makeSample(cycle * 60, {
          device: `device-${number}`,
          components: [
            makeInterface(
              Object.fromEntries(
                Array.from({ length: 20 }, (_, at) => [`c${at}`, counter64(10n ** 17n + BigInt(cycle * at))]),
              ),
            ),
          ],
        }),
      );
    const ballast = join(disk, "ballast");
    writeFileSync(ballast, Buffer.alloc(512 * 1024));
    let kept = 0;
    let refused: unknown;
    for (let cycle = 0; cycle < 1000 && !refused; cycle += 1) {
      try {
        store.append(batch(cycle));
        kept += 200;
      } catch (error) {
        refused = error;
      }
    }
    expect(refused).toBeInstanceOf(StoreError);
    expect(refused).toMatchObject({ code: "disk-full", exitCode: 21 });
    expect(kept).toBeGreaterThan(0);
    expect([...store.range(everything)]).toHaveLength(kept);
    expect(store.status().samples).toBe(kept);
    rmSync(ballast);
    store.append(batch(2000));
    expect([...store.range(everything)]).toHaveLength(kept + 200);
    expect(existsSync(path)).toBe(true);
  },
);
