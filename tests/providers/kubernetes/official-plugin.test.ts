/**
 * The contract of the kubernetes provider, on Pulumi's own plugin: what the contract says of ours has to be true of
 * the one it stands in for. Runs where `pulumi-resource-kubernetes` is on PATH or in PULUMI_HOME.
 */
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineService } from "../../../src/engine/embedded/monitor/engine-service.ts";
import { RpcServer } from "../../../src/engine/embedded/monitor/rpc-server.ts";
import { startPlugin } from "../../../src/engine/embedded/providers/plugin-process.ts";
import { findPlugin } from "../../../src/engine/embedded/providers/plugin-search.ts";
import { type ControlPlane, startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";
import { kubernetesProviderContract } from "../../contracts/kubernetes-provider.ts";
import { absence, startTimeoutMs } from "../../lab/control-plane/availability.ts";

const official = await findPlugin("kubernetes", undefined, process.env).catch(() => undefined);

describe.skipIf(absence || !official)("Pulumi's plugin, where it is installed", () => {
  let plane: ControlPlane;
  const services = new RpcServer(new EngineService(() => {}));
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 4 });
  }, startTimeoutMs);
  afterAll(async () => {
    await services.close();
    await plane?.stop();
  });

  kubernetesProviderContract(
    "Pulumi's plugin",
    () => plane,
    async () =>
      startPlugin({
        command: official!,
        packageName: "kubernetes",
        engineAddress: await services.address(),
        environment: process.env,
        workDirectory: tmpdir(),
        log: { info: () => {}, error: () => {} },
      }),
  );
});

test.runIf(!official)("Pulumi's plugin, not installed: the contract was not tried on it", async () => {
  await expect(findPlugin("kubernetes", undefined, process.env)).rejects.toMatchObject({
    code: "plugin-missing",
    exitCode: 22,
  });
});
