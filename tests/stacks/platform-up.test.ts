/**
 * The example's training and production environments on a real API server, as a user deploys them: gate, up, nothing
 * to do, what somebody changed by hand, destroy; and the rendered files to the same server through kubectl.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pdc } from "../acceptance/run-pdc.ts";
import { absence } from "../lab/control-plane/availability.ts";
import { canary, example } from "./example-secrets.ts";
import { platformEnvironment, platformPlane } from "./platform-plane.ts";

const minutes = 60_000;

describe.skipIf(absence)("the platform on a real API server", () => {
  const on = platformPlane("platform-up");

  let takesOver = false;
  const stack = (verb: string, environment: string, ...more: string[]) =>
    pdc(["stack", verb, "platform", "--stack", environment, ...more], {
      timeoutMs: 5 * minutes,
      env: {
        ...platformEnvironment(on.home, on.plane.kubeconfigPath),
        ...(takesOver && { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }),
      },
    });
  const kubectl = (...args: string[]) =>
    execFileSync(on.plane.kubectlPath, ["--kubeconfig", on.plane.kubeconfigPath, ...args], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
      env: { ...process.env, HOME: on.home },
    });
  const changes = (stdout: string) =>
    (JSON.parse(stdout) as { data: { changes: Record<string, number> } }).data.changes;

  test(
    "both environments come up, and a second up finds nothing to do",
    () => {
      let objects = 0;
      for (const environment of ["training", "production"]) {
        expect(stack("init", environment)).toMatchObject({ status: 0 });
        const up = stack("up", environment, "--yes", "--skip-preview", "--json");
        expect(up.status, up.stderr.slice(-2000)).toBe(0);
        objects += changes(up.stdout).create ?? 0;
      }
      // Eight components and a stack each are no objects.
      expect(objects - 18).toBeGreaterThanOrEqual(300);
      const ready = kubectl(
        "get",
        "deployments,statefulsets",
        "-A",
        "-o",
        "jsonpath={range .items[*]}{.status.readyReplicas}/{.status.replicas} {end}",
      );
      expect(
        ready
          .trim()
          .split(" ")
          .every((one) => /^(\d+)\/\1$/.test(one)),
        ready,
      ).toBe(true);
      expect(stack("up", "training", "--yes", "--skip-preview", "--expect-no-changes").status).toBe(0);
    },
    10 * minutes,
  );

  test(
    "no secret is in the state, in the events or in a plain field of the cluster",
    () => {
      const shown = stack("preview", "training", "--diff", "--show-same", "--json");
      expect(shown.status).toBe(0);
      // Also not as a Secret holds it: whole groups of three octets are four characters, whatever follows.
      const encoded = Buffer.from(canary.slice(0, canary.length - (canary.length % 3))).toString("base64");
      const hides = (text: string, where: string) => {
        for (const form of [canary, encoded]) expect(text.includes(form), where).toBe(false);
      };
      hides(shown.stdout + shown.stderr, "events");
      const state = join(on.home, "state");
      for (const name of readdirSync(state, { recursive: true, withFileTypes: true })) {
        if (name.isFile()) hides(readFileSync(join(name.parentPath, name.name), "utf8"), name.name);
      }
      const secret = kubectl(
        "get",
        "secret",
        "-n",
        "training-lgsp",
        "queue",
        "-o",
        "jsonpath={.data.RABBITMQ_DEFAULT_PASS}",
      );
      expect(Buffer.from(secret, "base64").toString()).toBe(`${canary}-training-lgsp-queue`);
      expect(secret.startsWith(encoded)).toBe(true);
    },
    5 * minutes,
  );

  test("operators may scale and restart what they may not change, and see no secret", () => {
    const group = kubectl(
      "get",
      "rolebinding/operators",
      "-n",
      "training-lgsp",
      "-o",
      "jsonpath={.subjects[0].name}",
    );
    const may = (verb: string, resource: string) => {
      const as = ["--as", "somebody", "--as-group", group, "-n", "training-lgsp"];
      try {
        return kubectl("auth", "can-i", verb, ...resource.split(" "), ...as).trim();
      } catch (error) {
        // can-i ends with 1 where the answer is no.
        return (error as { stdout: string }).stdout.trim();
      }
    };
    const [allowed, refused] = [
      ["patch deployments/scale", "create pods/eviction", "delete pods", "get pods/log"],
      ["patch deployments", "update statefulsets", "get secrets", "create pods/exec", "create pods"],
    ].map((asked) =>
      asked.map((one) => {
        const [verb = "", resource = ""] = one.split(" ");
        const [kind = "", sub] = resource.split("/");
        return may(verb, sub ? `${kind} --subresource=${sub}` : kind);
      }),
    );
    expect(new Set(allowed)).toEqual(new Set(["yes"]));
    expect(new Set(refused)).toEqual(new Set(["no"]));
  });

  test(
    "what was changed by hand is named, and repaired",
    () => {
      kubectl("scale", "deployment", "-n", "training-lgsp", "gateway", "--replicas=3");
      kubectl("delete", "networkpolicy", "-n", "training-lgsp", "default-deny");
      const drift = stack("drift", "training");
      expect(drift.status, drift.stderr.slice(-2000)).toBe(26);
      expect(drift.stdout).toContain("lgsp/gateway");
      expect(drift.stdout).toContain("lgsp/default-deny");
      expect(stack("refresh", "training", "--yes").status).toBe(0);
      // A field that somebody took is not taken back unasked; what was deleted comes back.
      const asked = stack("up", "training", "--yes", "--skip-preview");
      expect(asked.status).toBe(21);
      expect(asked.stdout).toContain('.spec.replicas belongs to "kubectl"');
      takesOver = true;
      const up = stack("up", "training", "--yes", "--skip-preview");
      takesOver = false;
      expect(up.status, up.stdout.slice(-2000)).toBe(0);
      expect(
        kubectl("get", "deployment", "-n", "training-lgsp", "gateway", "-o", "jsonpath={.spec.replicas}"),
      ).toBe("1");
      expect(kubectl("get", "networkpolicy", "-n", "training-lgsp", "default-deny", "-o", "name")).toContain(
        "default-deny",
      );
    },
    5 * minutes,
  );

  test(
    "kubectl applies the render of an environment, and its server finds nothing wrong with it",
    () => {
      const directory = join(on.home, "rendered");
      expect(stack("render", "training", "--dir", directory).status).toBe(0);
      const applied = kubectl(
        "apply",
        "--server-side",
        "--force-conflicts",
        "--dry-run=server",
        "-R",
        "-f",
        directory,
      );
      expect(applied.trim().split("\n").length).toBeGreaterThan(200);
      expect(applied).not.toContain("created");
    },
    2 * minutes,
  );

  test(
    "a quota below use stops it before the engine starts",
    () => {
      const inventory = join(on.home, "lowered");
      execFileSync("cp", ["-r", example, inventory]);
      const file = join(inventory, "systems/lgsp.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replace('quota: { cpu: "14"', 'quota: { cpu: "1"'));
      const up = stack("up", "production", "--yes", "--inventory", inventory);
      expect(up.status).toBe(20);
      expect(up.stderr).toMatch(
        /systems\/lgsp\.yaml:\d+:\d+: lgsp in production: quota requests\.cpu 1 is below/,
      );
      expect(
        kubectl(
          "get",
          "resourcequota",
          "-n",
          "production-lgsp",
          "quota",
          "-o",
          "jsonpath={.spec.hard.requests\\.cpu}",
        ),
      ).toBe("14");
      const check = stack("check", "production", "--json", "--inventory", inventory);
      expect(check.status).toBe(20);
      expect(JSON.parse(check.stdout)).toMatchObject({
        ok: false,
        exitCode: 20,
        data: { mandatory: expect.any(Number) },
      });
    },
    2 * minutes,
  );

  test("destroy leaves nothing of the environment, and all of the other", () => {
    const destroy = stack("destroy", "training", "--yes");
    expect(destroy.status, destroy.stdout.slice(-2000)).toBe(0);
    const namespaces = kubectl("get", "namespaces", "-o", "name");
    expect(namespaces).not.toContain("training-");
    expect(namespaces.match(/production-/g)).toHaveLength(8);
  }, 300_000);

  test(
    "real data is not destroyed before somebody unprotects it",
    () => {
      const refused = stack("destroy", "production", "--yes");
      expect(refused.status).not.toBe(0);
      expect(refused.stdout + refused.stderr).toContain("protected");
      expect(kubectl("get", "namespaces", "-o", "name").match(/production-/g)).toHaveLength(8);
      expect(kubectl("get", "statefulsets", "-A", "-o", "name").match(/database/g)).toHaveLength(8);
    },
    5 * minutes,
  );
});
