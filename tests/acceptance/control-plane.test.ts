/** `pdc lab up --control-plane`, `status` and `down` as a user calls them. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { controlPlaneCacheDirectory } from "../../src/lab/control-plane/binaries.ts";
import { absence, startTimeoutMs } from "../lab/control-plane/availability.ts";
import { pdc } from "./run-pdc.ts";

const directory = mkdtempSync(join(tmpdir(), "pdc-lab-"));
const env = { PDC_STATE_DIR: directory, PDC_CONTROL_PLANE_CACHE: controlPlaneCacheDirectory() };
const lab = (...args: string[]) => pdc(["lab", ...args], { env, timeoutMs: startTimeoutMs });

afterAll(() => {
  lab("down");
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(absence)("lab control plane", () => {
  test("is started, found, refused in another size, and stopped from separate command lines", {
    timeout: startTimeoutMs,
  }, () => {
    const up = lab("up", "--control-plane", "--nodes", "2", "--json");
    expect(up.status, up.stderr).toBe(0);
    const { data, schema } = JSON.parse(up.stdout);
    expect(schema).toBe("pdc.lab.control-plane/1");
    expect(data).toMatchObject({ nodes: 2, kubernetesVersion: expect.stringMatching(/^v1\./) });

    const status = JSON.parse(lab("status", "--json").stdout);
    expect(status.data.controlPlane).toEqual(data);
    const kubectl = [data.kubectlPath, "--kubeconfig", data.kubeconfigPath] as const;
    const nodes = execFileSync(kubectl[0], [...kubectl.slice(1), "get", "nodes", "-o", "name"], {
      encoding: "utf8",
    });
    expect(nodes).toBe("node/lab-node-1\nnode/lab-node-2\n");

    const again = lab("up", "--control-plane", "--json");
    expect(again.stderr).toContain("running already");
    expect(JSON.parse(again.stdout).data.processId).toBe(data.processId);
    const other = lab("up", "--control-plane", "--nodes", "3");
    expect(other.status).toBe(25);
    expect(other.stderr).toContain("pdc lab down");

    const down = lab("down");
    expect(down.stdout).toBe("Stopped the control plane and its 2 nodes.\n");
    expect(existsSync(`/proc/${data.processId}`)).toBe(false);
    expect(existsSync(data.directory)).toBe(false);
    expect(lab("status").status).toBe(23);
  });
});

describe.skipIf(absence)("lab control plane of the inventory's cluster", () => {
  test("has its nodes and its storage classes", { timeout: startTimeoutMs }, () => {
    const up = lab("up", "--control-plane", "--cluster", "trung-tam", "--json");
    expect(up.status, up.stderr).toBe(0);
    const { data } = JSON.parse(up.stdout);
    expect(data.nodes).toBe(12);
    const get = (kind: string) =>
      JSON.parse(
        execFileSync(data.kubectlPath, ["--kubeconfig", data.kubeconfigPath, "get", kind, "-o", "json"], {
          encoding: "utf8",
        }),
      ).items;
    expect(get("nodes")[0].status.allocatable).toMatchObject({ cpu: "15500m", memory: "60Gi", pods: "110" });
    expect(
      get("storageclasses").map(({ metadata }: { metadata: { name: string } }) => metadata.name),
    ).toEqual(["ceph-encrypted", "lab", "lab-late"]);
    lab("down");
  });
});

test("flags that do not go together are refused", () => {
  expect(lab("up", "--nodes", "2").status).toBe(2);
  expect(lab("up", "--control-plane", "--faults", "1").status).toBe(2);
  expect(lab("up", "--control-plane", "--nodes", "2", "--cluster", "trung-tam").status).toBe(2);
  const unknown = lab("up", "--control-plane", "--cluster", "nowhere");
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain("trung-tam");
});
