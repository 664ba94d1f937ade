/** A writer that is killed, and a disk that is full. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
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
