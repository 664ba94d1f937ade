// A stack of thirty resources in two versions: from the first to the second everything happens that can.
import { createEmbeddedEngine } from "../../../src/engine/embedded/embedded-engine.ts";
import type { Engine, StackTarget } from "../../../src/engine/interface/engine.ts";
import { DiskCloud, diskProvider } from "./disk-cloud.ts";

export type Version = 1 | 2;

interface Spec {
  readonly name: string;
  readonly inputs: Record<string, number>;
  readonly needs?: number;
}

const named = (index: number) => `r${String(index).padStart(2, "0")}`;

/** 0–5 stay, 6–11 are updated, 12–15 replaced, 16–17 replaced after deletion, 18–23 go, 24–35 are new. */
export function resourcesOf(version: Version): Spec[] {
  const second = version === 2;
  const list: Spec[] = [];
  for (let i = 0; i < 36; i++) {
    if (second ? i >= 18 && i < 24 : i >= 24) continue;
    const kind = i < 6 ? "same" : i < 12 ? "value" : i < 16 ? "key" : i < 18 ? "first" : "value";
    const inputs = { value: 1, key: 1, first: 1 };
    if (second && kind !== "same" && i < 18) inputs[kind] = 2;
    // Each needs one of another kind, so that order matters.
    const needs = i >= 24 ? i - 24 : i >= 6 ? i - 6 : undefined;
    list.push({ name: named(i), inputs, ...(needs === undefined ? {} : { needs }) });
  }
  return list;
}

export async function program(version: Version): Promise<Record<string, unknown>> {
  const pulumi = (await import("@pulumi/pulumi")).default;
  class Box extends pulumi.ComponentResource {
    constructor(name: string) {
      super("disk:index:Box", name);
      this.registerOutputs({ version });
    }
  }
  class Thing extends pulumi.CustomResource {
    declare readonly self: unknown;
    constructor(name: string, inputs: object, parent: InstanceType<typeof Box>) {
      super("disk:index:Thing", name, { self: undefined, ...inputs }, { parent });
    }
  }
  const box = new Box("box");
  const made = new Map<string, InstanceType<typeof Thing>>();
  for (const { name, inputs, needs } of resourcesOf(version)) {
    const other = needs === undefined ? undefined : made.get(named(needs));
    made.set(name, new Thing(name, { ...inputs, ...(other ? { other: other.self } : {}) }, box));
  }
  return { count: made.size, secret: pulumi.secret("s3cret") };
}

export function engineOn(directory: string, cloud = "cloud"): Engine {
  return createEmbeddedEngine({
    backend: `${directory}/state`,
    passphrase: async () => "crash",
    packages: {
      disk: { version: "1.0.0", create: () => diskProvider(new DiskCloud(`${directory}/${cloud}`)) },
    },
  });
}

export const targetOf = (version: Version): StackTarget => ({
  stack: "dev",
  project: "crash",
  program: () => program(version),
});
