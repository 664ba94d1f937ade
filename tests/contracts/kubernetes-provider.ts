/**
 * What the provider of package `kubernetes` does to a real API server, whichever way it is reached. Run in-process
 * and over gRPC; each test has a namespace of its own.
 */
import { describe } from "vitest";
import type { ResourceProvider } from "../../src/engine/interface/provider.ts";
import type { ControlPlane } from "../../src/lab/control-plane/start-control-plane.ts";
import { contractContext } from "./kubernetes-contract-context.ts";
import { inputsContract } from "./kubernetes-inputs.ts";
import { lifeContract } from "./kubernetes-life.ts";
import { movedStacksContract } from "./kubernetes-moved-stacks.ts";
import { ownershipContract } from "./kubernetes-ownership.ts";
import { readinessContract } from "./kubernetes-readiness.ts";

export function kubernetesProviderContract(
  name: string,
  plane: () => ControlPlane,
  open: () => Promise<ResourceProvider>,
): void {
  describe(`kubernetes provider, ${name}`, () => {
    const context = contractContext(name, plane, open);
    inputsContract(context);
    lifeContract(context);
    ownershipContract(context);
    readinessContract(context);
    movedStacksContract(context);
  });
}
