/** What is said on a machine that cannot build, and that only what is whole counts as built. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  controlPlaneCacheDirectory,
  ensureBinaries,
  findBinaries,
} from "../../../src/lab/control-plane/binaries.ts";
import { findGo } from "../../../src/lab/control-plane/find-go.ts";
import { programs, readVersions } from "../../../src/lab/control-plane/versions.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pdc-build-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function fakeGo(version: string): Promise<string> {
  const path = join(directory, `go-${version}`);
  await writeFile(path, `#!/bin/sh\necho ${version}\n`);
  await chmod(path, 0o755);
  return path;
}

test("an old Go or none is refused with the way out, the first that is new enough is taken", async () => {
  const old = await fakeGo("go1.19.8");
  const recent = await fakeGo("go1.27.1");
  await expect(findGo([join(directory, "nothing")])).rejects.toMatchObject({
    code: "no-go",
    exitCode: 22,
    message: expect.stringContaining("no go on PATH"),
    fix: expect.stringContaining("go.dev/dl"),
  });
  await expect(findGo([old])).rejects.toThrow(`${old} is 1.19`);
  expect(await findGo([old, recent])).toBe(recent);
});

test("what is built has a key of all that is pinned, and counts only when no program is missing", async () => {
  const { key, kubernetes, etcd, kwok } = readVersions();
  for (const version of [kubernetes, etcd, kwok]) expect(version).toMatch(/^v\d+\.\d+\.\d+$/);
  expect(findBinaries(directory)).toBeUndefined();
  await mkdir(join(directory, key));
  const names = Object.keys(programs);
  for (const name of names.slice(1)) await writeFile(join(directory, key, name), "");
  expect(findBinaries(directory)).toBeUndefined();
  await writeFile(join(directory, key, names[0] as string), "");
  expect(findBinaries(directory)).toMatchObject({ kubectl: join(directory, key, "kubectl") });
  expect((await ensureBinaries({ cacheDirectory: directory })).etcd).toBe(join(directory, key, "etcd"));
});

test("the cache is where the environment says, else below pdc's cache directory", () => {
  const { PDC_CONTROL_PLANE_CACHE: before } = process.env;
  delete process.env.PDC_CONTROL_PLANE_CACHE;
  expect(controlPlaneCacheDirectory("/somewhere")).toBe("/somewhere/control-plane");
  process.env.PDC_CONTROL_PLANE_CACHE = "/elsewhere";
  expect(controlPlaneCacheDirectory("/somewhere")).toBe("/elsewhere");
  if (before === undefined) delete process.env.PDC_CONTROL_PLANE_CACHE;
  else process.env.PDC_CONTROL_PLANE_CACHE = before;
});
