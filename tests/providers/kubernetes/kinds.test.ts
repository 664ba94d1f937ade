import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PropertyMap } from "../../../src/engine/interface/provider.ts";
import { type ControlPlane, startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";
import { parseManifests } from "../../../src/providers/kubernetes/operations/decode.ts";
import { createKubernetesProvider } from "../../../src/providers/kubernetes/provider.ts";
import { configured, ProviderUser } from "../../contracts/kubernetes-provider-user.ts";
import { absence, startTimeoutMs } from "../../lab/control-plane/availability.ts";

const manifests = parseManifests(readFileSync(join(import.meta.dirname, "kinds.yaml"), "utf8"));

describe.skipIf(absence)("one object of each kind", () => {
  let plane: ControlPlane;
  let user: ProviderUser;
  const provider = createKubernetesProvider();
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 2 });
    await configured(provider, { kubeconfig: plane.kubeconfigPath, namespace: "kinds" });
    user = new ProviderUser(provider);
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "kinds" } };
    await plane.api.send("POST", "/api/v1/namespaces", namespace);
  }, startTimeoutMs);
  afterAll(async () => {
    await provider.close?.();
    await plane?.stop();
  });

  test("the manifests are of every group that an environment is made of", () => {
    const groups = new Set(manifests.map(({ apiVersion }) => String(apiVersion).split("/")[0]));
    expect(groups.size).toBeGreaterThan(14);
  });

  test.each(manifests.map((manifest) => [`${manifest.apiVersion} ${manifest.kind}`, manifest] as const))(
    "%s is previewed, made, found as it was asked for, labelled and deleted",
    async (_, manifest) => {
      await user.preview("one", manifest);
      const made = await user.create("one", manifest);
      expect((await user.read(made)).inputs).toEqual(made.inputs);
      expect(await user.diff(made, await user.check("one", manifest, made.inputs))).toMatchObject({
        changes: "none",
      });
      const metadata = { ...(made.inputs.metadata as PropertyMap), labels: { tier: "test" } };
      const updated = await user.update(made, { ...made.inputs, metadata });
      expect(updated.outputs.metadata).toMatchObject({ labels: { tier: "test" } });
      expect((await user.read(updated)).inputs).toEqual({ ...made.inputs, metadata });
      await user.delete(updated);
      expect((await user.read(updated)).id).toBe("");
    },
  );
});
