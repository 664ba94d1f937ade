/**
 * The example's training environment goes from the embedded engine with our provider to the Pulumi CLI with Pulumi's
 * own plugin, and back: neither sees a change in what the other made, refreshed or left. Runs where `pulumi` and
 * `pulumi-resource-kubernetes` are on PATH; `tests/engine/round-trip/build-pulumi` makes both.
 */
import { describe, expect, test } from "vitest";
import { findPulumi } from "../../src/engine/cli/pulumi-command.ts";
import { findPlugin } from "../../src/engine/embedded/providers/plugin-search.ts";
import { pdc } from "../acceptance/run-pdc.ts";
import { absence } from "../lab/control-plane/availability.ts";
import { platformEnvironment, platformPlane } from "./platform-plane.ts";

const minutes = 60_000;
const installed = await Promise.all([
  findPulumi(process.env),
  findPlugin("kubernetes", undefined, process.env),
]).catch(() => undefined);

describe.skipIf(absence || !installed)("the platform, by either engine (skipped without the CLI)", () => {
  const on = platformPlane("platform-move");

  const stack = (engine: "embedded" | "pulumi", verb: string, ...more: string[]) => {
    const { stdout, stderr, status } = pdc(
      ["stack", verb, "platform", "--stack", "training", "--engine", engine, "--json", ...more],
      {
        timeoutMs: 10 * minutes,
        env: {
          ...platformEnvironment(on.home, on.plane.kubeconfigPath),
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        },
      },
    );
    expect(status, stderr).toBe(0);
    return (JSON.parse(stdout) as { data: { changes?: Record<string, number> } }).data.changes ?? {};
  };
  const seesNoChange = (engine: "embedded" | "pulumi") => {
    const changes = stack(engine, "preview", "--expect-no-changes");
    expect(Object.keys(changes)).toEqual(["same"]);
  };

  test(
    "nothing changes when it changes hands",
    () => {
      stack("embedded", "init");
      const { create } = stack("embedded", "up", "--yes", "--skip-preview");
      seesNoChange("pulumi");
      stack("pulumi", "refresh", "--yes");
      seesNoChange("embedded");
      expect(stack("pulumi", "destroy", "--yes", "--skip-preview")).toEqual({ delete: create });
      expect(stack("pulumi", "up", "--yes", "--skip-preview")).toEqual({ create });
      seesNoChange("embedded");
      stack("embedded", "refresh", "--yes");
      seesNoChange("pulumi");
      expect(stack("embedded", "destroy", "--yes", "--skip-preview")).toEqual({ delete: create });
    },
    30 * minutes,
  );
});

test.runIf(!installed)(
  "the Pulumi CLI or its plugin is not installed: the platform changed no hands",
  async () => {
    const missing = { exitCode: 22 };
    await expect(
      Promise.all([findPulumi(process.env), findPlugin("kubernetes", undefined, process.env)]),
    ).rejects.toMatchObject(missing);
  },
);
