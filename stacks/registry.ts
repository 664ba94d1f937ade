/** The stacks of the toolkit by name. Each is a plain function of the inventory, loaded when it is asked for. */
import type { Inventory } from "../src/inventory/model.ts";
import type { Finding } from "../src/policy/finding.ts";

/** What a stack is made from. */
export interface StackContext {
  inventory: Inventory;
  /** The environment: "production", "training" … (Pulumi's stack name). */
  environment: string;
}

/** A Pulumi program: registers resources, gives the stack's outputs. */
export type StackProgram = () => Promise<Record<string, unknown>>;

export interface StackDefinition {
  name: string;
  description: string;
  /** Configuration the stack reads, `namespace:key`, with what it is for. */
  config: Readonly<Record<string, string>>;
  load(): Promise<(context: StackContext) => StackProgram>;
  /** Rules that the stack must pass before it is deployed, where it has some. */
  loadGate?(): Promise<(context: StackContext) => Promise<Finding[]>>;
}

export const stacks: Readonly<Record<string, StackDefinition>> = {
  host: {
    name: "host",
    description:
      "What this host needs from the inventory: names of devices, SSH settings, and their checksums",
    config: { "host:directory": "where the files go (absolute)" },
    load: async () => (await import("./host/program.ts")).hostProgram,
  },
  platform: {
    name: "platform",
    description:
      "An isolated, watched environment for each of the province's systems on the center's Kubernetes",
    config: {
      "kubernetes:kubeconfig": "kubeconfig of the cluster: a path, or its text (secret)",
      "kubernetes:context": "context of the kubeconfig",
    },
    load: async () => (await import("./platform/program.ts")).platformProgram,
    loadGate: async () => (await import("./platform/program.ts")).platformGate,
  },
};
