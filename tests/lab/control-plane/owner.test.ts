/** Nothing of a control plane outlives its owner, however that ends. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { ensureBinaries } from "../../../src/lab/control-plane/binaries.ts";
import { absence, startTimeoutMs } from "./availability.ts";

describe.skipIf(absence || process.platform !== "linux")("owner of a control plane", () => {
  test(
    "its programs end when it is killed",
    async () => {
      await ensureBinaries();
      const directory = await mkdtemp(join(tmpdir(), "pdc-owner-"));
      const owner = spawn(process.execPath, [join(import.meta.dirname, "owner.ts"), directory], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line = ""] = await new Promise<string[]>((resolve, reject) => {
        createInterface(owner.stdout).once("line", (text) => resolve([text]));
        owner.once("exit", () => reject(new Error("the owner ended")));
      });
      const processIds = Object.values(JSON.parse(line) as Record<string, number>);
      expect(processIds).toHaveLength(5);
      for (const processId of processIds) expect(existsSync(`/proc/${processId}`)).toBe(true);
      owner.kill("SIGKILL");
      await expect
        .poll(() => processIds.filter((processId) => existsSync(`/proc/${processId}`)), { timeout: 20_000 })
        .toEqual([]);
      await rm(directory, { recursive: true, force: true });
    },
    startTimeoutMs,
  );
});
