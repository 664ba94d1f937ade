import { afterAll, beforeAll, describe } from "vitest";
import { connectProvider } from "../../../src/engine/embedded/providers/grpc-provider.ts";
import { type ControlPlane, startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";
import { createKubernetesProvider } from "../../../src/providers/kubernetes/provider.ts";
import { kubernetesVersion } from "../../../src/providers/kubernetes/version.ts";
import { servePlugin } from "../../../src/providers/plugin-server.ts";
import { kubernetesProviderContract } from "../../contracts/kubernetes-provider.ts";
import { absence, startTimeoutMs } from "../../lab/control-plane/availability.ts";

describe.skipIf(absence)("on the lab's control plane", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 4 });
  }, startTimeoutMs);
  afterAll(() => plane?.stop());

  kubernetesProviderContract(
    "in-process",
    () => plane,
    async () => createKubernetesProvider(),
  );

  kubernetesProviderContract(
    "over gRPC",
    () => plane,
    async () => {
      const served = createKubernetesProvider();
      const server = await servePlugin(served, kubernetesVersion);
      const provider = await connectProvider(`127.0.0.1:${server.port}`);
      return {
        ...provider,
        close: async () => {
          await provider.close?.();
          await served.close?.();
          await server.close();
        },
      };
    },
  );
});
