/**
 * The platform's environments while things go wrong: an API server that is killed in the middle, one that refuses and
 * breaks off, a workload that never comes up, and no cluster at all.
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ControlPlane } from "../../src/lab/control-plane/start-control-plane.ts";
import { absence, startTimeoutMs } from "../lab/control-plane/availability.ts";
import { type FaultyProxy, startFaultyProxy } from "../providers/kubernetes/faulty-proxy.ts";
import { writeSecrets } from "../stacks/example-secrets.ts";
import { platformEnvironment, startExampleCluster } from "../stacks/platform-plane.ts";
import { cleanEnvironment, type Ended, pdcPath, root } from "./run-pdc.ts";

const minutes = 60_000;
let home: string;
/** A field that somebody took is not taken back unasked. */
let takesFieldsBack = false;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "pdc-faults-"));
  writeSecrets(home);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs beside the test: proxies and kills are this process's work. */
function stack(kubeconfig: string, ...args: string[]): { ended: Promise<Ended>; output: () => string } {
  const child = spawn(pdcPath, ["stack", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...cleanEnvironment,
      ...(takesFieldsBack && { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }),
      ...platformEnvironment(home, kubeconfig),
      PDC_NO_CONFIG: "1",
    },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (status) => resolve({ status, stdout, stderr })),
  );
  return { ended, output: () => stdout + stderr };
}
const run = (kubeconfig: string, ...args: string[]) => stack(kubeconfig, ...args).ended;
const said = ({ stdout, stderr }: Ended) => (stdout + stderr).slice(-3000);

test("without a cluster every failure is told, and the run ends with its result", async () => {
  const nowhere = join(home, "no-kubeconfig");
  expect((await run(nowhere, "init", "platform", "--stack", "staging")).status).toBe(0);
  const up = await run(nowhere, "up", "platform", "--stack", "staging", "--yes", "--skip-preview");
  expect(up.status, said(up)).toBe(21);
  expect(said(up)).toMatch(/Namespace staging-lgsp was not created: .*no-kubeconfig/);
  const removed = await run(nowhere, "rm", "platform", "--stack", "staging", "--yes", "--force");
  expect(removed.status, said(removed)).toBe(0);
}, 60_000);

describe.skipIf(absence)("on a real API server", () => {
  let plane: ControlPlane;
  let proxy: FaultyProxy;

  beforeAll(async () => {
    plane = await startExampleCluster();
    proxy = await startFaultyProxy(plane.kubeconfigPath, home);
  }, startTimeoutMs);
  afterAll(async () => {
    await proxy?.close();
    await plane?.stop();
  });
  const kubectl = (...args: string[]) =>
    execFileSync(plane.kubectlPath, ["--kubeconfig", plane.kubeconfigPath, ...args], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
      env: { ...process.env, HOME: home },
    });
  const platform = (verb: string, environment: string, ...more: string[]) =>
    run(plane.kubeconfigPath, verb, "platform", "--stack", environment, ...more);

  test(
    "an API server killed in the middle of an update: the next one makes the rest, and nothing twice",
    async () => {
      expect((await platform("init", "training")).status).toBe(0);
      const update = ["up", "platform", "--stack", "training", "--yes", "--skip-preview"];
      const first = stack(plane.kubeconfigPath, ...update);
      await expect
        .poll(() => first.output().match(/^\+ created kubernetes:/gm)?.length ?? 0, {
          timeout: 2 * minutes,
          interval: 10,
        })
        .toBeGreaterThan(60);
      await plane.killApiServer();
      await sleep(1_000);
      await plane.restartApiServer();
      const interrupted = await first.ended;
      // It waited the second out, or said for each object under way what became of it.
      if (interrupted.status !== 0) {
        expect(interrupted.status, said(interrupted)).toBe(21);
        expect(interrupted.stderr).toMatch(
          /^error: kubernetes:.*(was not created|may have|unknown|reach|refused)/m,
        );
      }
      const refreshed = await platform("refresh", "training", "--yes");
      expect(refreshed.status, said(refreshed)).toBe(0);
      const second = await platform("up", "training", "--yes", "--skip-preview");
      expect(second.status, said(second)).toBe(0);
      const again = await platform("up", "training", "--yes", "--skip-preview", "--expect-no-changes");
      expect(again.status, said(again)).toBe(0);
      const unready = kubectl(
        ...["get", "deployments,statefulsets", "-A", "-o"],
        'jsonpath={range .items[?(@.status.readyReplicas!=@.spec.replicas)]}{.metadata.name}{" "}{end}',
      );
      expect(unready).toBe("");
    },
    10 * minutes,
  );

  test(
    "what is edited by hand is found by drift and repaired by the next update",
    async () => {
      const editor = join(home, "editor.sh");
      // What an attacker would do: the policy that denies everything selects nobody any more.
      const opened = "podSelector: {matchLabels: {nobody: here}}";
      writeFileSync(editor, `#!/bin/sh\nsed -i "s/podSelector: {}/${opened}/" "$1"\n`, { mode: 0o755 });
      const policy = ["networkpolicy", "default-deny", "-n", "training-lgsp"];
      const selector = () => kubectl("get", ...policy, "-o", "jsonpath={.spec.podSelector}");
      execFileSync(plane.kubectlPath, ["--kubeconfig", plane.kubeconfigPath, "edit", ...policy], {
        env: { ...process.env, HOME: home, KUBE_EDITOR: editor },
      });
      expect(selector()).toContain("nobody");
      const drift = await platform("drift", "training");
      expect(drift.status, said(drift)).toBe(26);
      expect(drift.stdout).toContain("lgsp/default-deny");
      const refreshed = await platform("refresh", "training", "--yes");
      expect(refreshed.status, said(refreshed)).toBe(0);
      takesFieldsBack = true;
      const repaired = await platform("up", "training", "--yes", "--skip-preview");
      takesFieldsBack = false;
      expect(repaired.status, said(repaired)).toBe(0);
      expect(selector()).toBe("{}");
      expect((await platform("drift", "training")).status).toBe(0);
    },
    5 * minutes,
  );

  test(
    "refusals for now, lost answers and broken connections are waited out; nothing is missing and nothing stays",
    async () => {
      expect((await platform("init", "staging")).status).toBe(0);
      let count = 0;
      const faults = [
        { code: 429, reason: "TooManyRequests", retryAfterSeconds: 1 },
        { code: 503, reason: "ServiceUnavailable" },
        "break before",
        { code: 500, reason: "InternalError" },
        "break after",
        { code: 504, reason: "Timeout" },
      ] as const;
      const told = { refused: 0 };
      // Every ninth request for objects of the environment, each kind of fault in its turn.
      proxy.decide = ({ path }) => {
        if (!path.includes("/namespaces/staging-") || ++count % 9 !== 0) return undefined;
        return faults[told.refused++ % faults.length];
      };
      const update = ["up", "platform", "--stack", "staging", "--yes", "--skip-preview"];
      const up = await run(proxy.kubeconfigPath, ...update);
      expect(up.status, said(up)).toBe(0);
      expect(told.refused).toBeGreaterThan(20);
      proxy.decide = () => undefined;
      const again = await run(proxy.kubeconfigPath, ...update, "--expect-no-changes");
      expect(again.status, said(again)).toBe(0);
      const destroyed = await platform("destroy", "staging", "--yes");
      expect(destroyed.status, said(destroyed)).toBe(0);
      expect(kubectl("get", "namespaces", "-o", "name")).not.toContain("staging-");
      const claims = kubectl(
        "get",
        "pv",
        "-o",
        'jsonpath={range .items[*]}{.spec.claimRef.namespace}{" "}{end}',
      );
      expect(claims).not.toContain("staging-");
    },
    10 * minutes,
  );

  test(
    "a workload that never comes up is reported with its reason",
    async () => {
      const project = join(home, "never");
      mkdirSync(project);
      symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
      cpSync(
        join(import.meta.dirname, "../fixtures/control-plane/never-ready.js"),
        join(project, "index.js"),
      );
      writeFileSync(join(project, "package.json"), '{"name":"never"}');
      writeFileSync(
        join(project, "Pulumi.yaml"),
        "name: never\nmain: index.js\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
      );
      const here = (verb: string, ...more: string[]) =>
        run(plane.kubeconfigPath, verb, "--cwd", project, "--stack", "dev", ...more);
      const initialised = await here("init");
      expect(initialised.status, said(initialised)).toBe(0);
      const up = await here("up", "--yes", "--skip-preview", "--continue-on-error");
      expect(up.status, said(up)).toBe(21);
      for (const reason of [
        "ImagePullBackOff",
        "CrashLoopBackOff",
        "Readiness probe failed",
        "Insufficient cpu",
      ])
        expect(up.stdout + up.stderr).toContain(reason);
      const destroyed = await here("destroy", "--yes");
      expect(destroyed.status, said(destroyed)).toBe(0);
      expect(kubectl("get", "deployments", "-n", "default", "-o", "name")).toBe("");
    },
    5 * minutes,
  );
});
