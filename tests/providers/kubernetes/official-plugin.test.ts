/**
 * Objects that change hands between our provider and Pulumi's own plugin: each sees no change in what the other made,
 * changes it without a conflict, and hands it back. Runs where `pulumi-resource-kubernetes` is on PATH or in
 * PULUMI_HOME; `tests/engine/round-trip/build-pulumi` makes one.
 */
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineService } from "../../../src/engine/embedded/monitor/engine-service.ts";
import { RpcServer } from "../../../src/engine/embedded/monitor/rpc-server.ts";
import { startPlugin } from "../../../src/engine/embedded/providers/plugin-process.ts";
import { findPlugin } from "../../../src/engine/embedded/providers/plugin-search.ts";
import type { PropertyMap, ResourceProvider } from "../../../src/engine/interface/provider.ts";
import { type ControlPlane, startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";
import { createKubernetesProvider } from "../../../src/providers/kubernetes/provider.ts";
import { configMap, deployment, job, service } from "../../contracts/kubernetes-objects.ts";
import { configured, ProviderUser } from "../../contracts/kubernetes-provider-user.ts";
import { absence, startTimeoutMs } from "../../lab/control-plane/availability.ts";

const official = await findPlugin("kubernetes", undefined, process.env).catch(() => undefined);

const secret: PropertyMap = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "secret", namespace: "default" },
  stringData: { password: "correct horse" },
};
const objects: readonly [name: string, object: PropertyMap][] = [
  ["named", configMap("default", { a: "1" }, "named")],
  ["unnamed", configMap("default", { a: "1" })],
  ["secret", secret],
  ["web", deployment("default", "web")],
  // With an annotation: a program that says `annotations: {}` shows an update that changes nothing.
  ["once", job("default", "once", { note: "1" })],
  ["service", service("default", "service")],
];

const labelled = (object: PropertyMap): PropertyMap => ({
  ...object,
  metadata: { ...(object.metadata as PropertyMap), labels: { tier: "one" } },
});

describe.skipIf(absence || !official)("with Pulumi's plugin (skipped where it is not installed)", () => {
  let plane: ControlPlane;
  let provider: Record<"ours" | "theirs", ResourceProvider>;
  const services = new RpcServer(new EngineService(() => {}));

  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 4 });
    const plugin = await startPlugin({
      command: official!,
      packageName: "kubernetes",
      engineAddress: await services.address(),
      environment: process.env,
      workDirectory: tmpdir(),
      log: { info: () => {}, error: () => {} },
    });
    const settings = { kubeconfig: plane.kubeconfigPath };
    provider = {
      ours: await configured(createKubernetesProvider(), settings),
      theirs: await configured(plugin, settings),
    };
  }, startTimeoutMs);
  afterAll(async () => {
    await Promise.all(Object.values(provider ?? {}).map((one) => one.close?.()));
    await services.close();
    await plane?.stop();
  });

  describe.each([
    ["theirs", "ours"],
    ["ours", "theirs"],
  ] as const)("made by %s, changed by %s", (maker, changer) => {
    test.each(objects)("%s", async (name, object) => {
      const from = new ProviderUser(provider[maker]);
      const to = new ProviderUser(provider[changer]);
      const made = await from.create(name, object);
      const same = await to.check(name, object, made.inputs);
      expect(await to.diff(made, same)).toMatchObject({ changes: "none" });
      const news = await to.check(name, labelled(object), made.inputs);
      expect(await to.diff(made, news)).toMatchObject({
        changes: "some",
        replaces: [],
        detailedDiff: { "metadata.labels": { kind: "add" } },
      });
      const updated = await to.update(made, news);
      // What the plugin gives back of a Job may be from before its update.
      const read = await to.read(updated);
      expect(read.outputs?.metadata).toMatchObject({ labels: { tier: "one" } });
      expect(updated.outputs.__fieldManager).toBe(made.outputs.__fieldManager);
      const back = await from.check(name, labelled(object), updated.inputs);
      expect(await from.diff(updated, back)).toMatchObject({ changes: "none" });
      await from.delete(updated);
    });
  });
});

test.runIf(!official)("Pulumi's plugin is not installed, so no object changed hands", async () => {
  await expect(findPlugin("kubernetes", undefined, process.env)).rejects.toMatchObject({
    code: "plugin-missing",
    exitCode: 22,
  });
});
