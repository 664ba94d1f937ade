// Backends in which nothing can be kept: each operation that writes says which directory it is and what to do.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { World } from "../behaviour/world.ts";

const directory = mkdtempSync(join(tmpdir(), "pdc-backend-"));
const readOnly = join(directory, "read-only");
mkdirSync(readOnly);
const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", readOnly]).status === 0;

afterAll(() => {
  if (isMounted) spawnSync("umount", ["--lazy", readOnly]);
  rmSync(directory, { recursive: true, force: true });
});

async function refusal(backend: string, begin: (world: World) => Promise<unknown>) {
  const world = new World({ backend });
  try {
    return await begin(world).then(
      (value) => value,
      (error: unknown) => error,
    );
  } finally {
    world.remove();
  }
}

const operations: Record<string, (world: World) => Promise<unknown>> = {
  init: (world) => world.init(),
  up: (world) => world.up(() => {}),
  "config set": (world) => world.engine.setConfig(world.target(), "a", { value: "b" }),
};

describe.each(Object.entries(operations))("%s", (_, begin) => {
  // Node's own `mkdir` of all parents goes round in circles there.
  test.skipIf(!existsSync("/proc/self"))("below procfs, where no directory can be made", async () => {
    expect(await refusal("/proc/pdc-state", begin)).toMatchObject({
      exitCode: 22,
      message: expect.stringContaining("the directory /proc/pdc-state could not be made"),
      fix: expect.stringContaining("--backend"),
    });
  });

  test("a file, and below one", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    for (const backend of [file, join(file, "below")]) {
      expect(await refusal(backend, begin)).toMatchObject({
        exitCode: 22,
        message: expect.stringContaining(`${file} could not be made: it is there and is not a directory`),
      });
    }
  });

  test.skipIf(!isMounted)("a file system that is read-only", async () => {
    expect(await refusal(readOnly, begin)).toMatchObject({
      exitCode: 22,
      message: expect.stringContaining(`${readOnly}/.pulumi could not be made: its file system is read-only`),
    });
  });
});

test("a disk without room is no bug", async (context) => {
  const full = join(directory, "full");
  mkdirSync(full);
  const options = "size=4k,nr_inodes=3";
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", full]).status !== 0) return context.skip();
  try {
    expect(await refusal(full, (world) => world.init())).toMatchObject({
      exitCode: 22,
      message: expect.stringContaining("no space left on the disk"),
    });
  } finally {
    spawnSync("umount", ["--lazy", full]);
  }
});
