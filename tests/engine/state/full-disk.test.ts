// A disk that really is full: the state lies on a small tmpfs. Skipped where the test may not mount one.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { EngineEvent } from "../../../src/engine/interface/events.ts";
import { DiskCloud } from "../crash/disk-cloud.ts";
import { engineOn, resourcesOf, targetOf } from "../crash/thirty.ts";

const mounted: string[] = [];

function tmpfs(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "pdc-full-"));
  mkdirSync(join(directory, "state"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", join(directory, "state")]);
  if (status !== 0) return undefined;
  mounted.push(directory);
  return directory;
}

afterEach(() => {
  for (const directory of mounted.splice(0)) {
    execFileSync("umount", ["--lazy", join(directory, "state")]);
    rmSync(directory, { recursive: true, force: true });
  }
});

const probe = tmpfs();
const canMount = probe !== undefined;
if (probe) {
  execFileSync("umount", ["--lazy", join(probe, "state")]);
  mounted.pop();
}

/** Leaves so many octets free. */
function fill(directory: string, leave: number): void {
  const { bavail, bsize } = statfsSync(join(directory, "state"));
  writeFileSync(join(directory, "state/filler"), Buffer.alloc(Math.max(0, bavail * bsize - leave)));
}

async function run(directory: string): Promise<{ failure: Error | undefined; events: EngineEvent[] }> {
  const running = engineOn(directory).up(targetOf(2));
  const events: EngineEvent[] = [];
  for await (const event of running) events.push(event);
  const failure = await running.result.then(
    ({ error, result }) => error ?? (result === "succeeded" ? undefined : new Error(result)),
    (error: Error) => error,
  );
  return { failure, events };
}

interface State {
  resources: { urn: string; id?: string; type: string; delete?: boolean }[];
  pending_operations?: { type: string; resource: { urn: string } }[];
}

async function stateOf(directory: string): Promise<State> {
  return (JSON.parse(await engineOn(directory).export(targetOf(2))) as { deployment: State }).deployment;
}

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

describe.skipIf(!canMount)("a full disk (skipped where no tmpfs can be mounted)", () => {
  test.each([0, 8, 16, 24, 32, 40, 48, 64])(
    "%i KiB left: nothing that was said to be done is lost",
    {
      timeout: 60_000,
    },
    async (kib) => {
      const directory = tmpfs()!;
      await engineOn(directory).init(targetOf(1));
      await engineOn(directory).up(targetOf(1)).result;
      fill(directory, kib * 1024);
      const { failure, events } = await run(directory);
      expect(failure, "the disk is too large for this test").toBeDefined();
      expect(failure!.message).toMatch(/no space left/);
      expect(failure).toMatchObject({ fix: expect.stringContaining("free some space") });

      const state = await stateOf(directory);
      const live = new Map(state.resources.filter((r) => !r.delete).map((r) => [r.urn, r]));
      for (const { resOutputsEvent } of events) {
        if (!resOutputsEvent) continue;
        const { op, urn, new: now } = resOutputsEvent.metadata;
        if (op === "create" || op === "update") expect(live.get(urn)?.id, urn).toBe(now?.id);
        if (op === "delete") expect(live.has(urn), urn).toBe(false);
      }
      const known = new Set(state.resources.map(({ id }) => id));
      const open = (state.pending_operations ?? []).map(({ resource }) => nameOf(resource.urn));
      const lost = new DiskCloud(join(directory, "cloud")).ids.filter((id) => !known.has(id));
      expect(lost.filter((id) => !open.some((name) => id.startsWith(`${name}-`)))).toEqual([]);

      rmSync(join(directory, "state/filler"));
      const again = await run(directory);
      expect(again.failure).toBeUndefined();
      const done = (await stateOf(directory)).resources.filter(({ type }) => type === "disk:index:Thing");
      expect(done.map(({ urn }) => nameOf(urn)).sort()).toEqual(resourcesOf(2).map(({ name }) => name));
      expect((await engineOn(directory).preview(targetOf(2), { expectNoChanges: true }).result).result).toBe(
        "succeeded",
      );
    },
  );
});
