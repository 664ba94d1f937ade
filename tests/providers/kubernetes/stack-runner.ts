/** Stacks of the real resource classes through the embedded engine on a control plane. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmbeddedEngine } from "../../../src/engine/embedded/embedded-engine.ts";
import type {
  Engine,
  PulumiProgram,
  RunningOperation,
  StackTarget,
} from "../../../src/engine/interface/engine.ts";
import type { ClusterSettings } from "../../../src/providers/kubernetes/cluster/cluster.ts";
import { createKubernetesProvider } from "../../../src/providers/kubernetes/provider.ts";
import { kubernetesVersion } from "../../../src/providers/kubernetes/version.ts";

export interface Ran {
  readonly result: string;
  /** what was changed, by operation, without what stayed */
  readonly changes: Readonly<Record<string, number>>;
  readonly diagnostics: readonly string[];
  /** `<operation> <name>` of each step, in the order of its begin */
  readonly steps: readonly string[];
}

export class StackRunner {
  private readonly directory = mkdtempSync(join(tmpdir(), "pdc-kube-stack-"));
  private engine: Engine;
  private readonly kubeconfig: string;
  /** of the providers that are made from now on */
  settings: ClusterSettings;
  /** where objects are written to instead of to the cluster */
  renderTo: string | undefined;

  /** @param by whose provider does the work; Pulumi's plugin must be on PATH or in PULUMI_HOME */
  constructor(kubeconfig: string, settings: ClusterSettings = {}, by: "ours" | "plugin" = "ours") {
    this.kubeconfig = kubeconfig;
    this.settings = settings;
    this.engine = this.engineWith(by);
  }

  /** The same stack, by the other's provider from now on. */
  handOver(by: "ours" | "plugin"): void {
    this.engine = this.engineWith(by);
  }

  private engineWith(by: "ours" | "plugin"): Engine {
    return createEmbeddedEngine({
      backend: this.directory,
      passphrase: async () => "kubernetes",
      packages:
        by === "plugin"
          ? {}
          : {
              kubernetes: {
                version: kubernetesVersion,
                create: (log) => createKubernetesProvider(log, this.settings),
              },
            },
    });
  }

  private target(program: PulumiProgram): StackTarget {
    const [key, value] = this.renderTo
      ? (["kubernetes:renderYamlToDirectory", this.renderTo] as const)
      : (["kubernetes:kubeconfig", this.kubeconfig] as const);
    return { project: "kube", stack: "dev", program, config: { [key]: { value } } };
  }

  async init(): Promise<void> {
    await this.engine.init(this.target(() => {}));
  }

  preview = (program: PulumiProgram) => ran(this.engine.preview(this.target(program)));
  up = (program: PulumiProgram, onStep?: (step: string) => void) =>
    ran(this.engine.up(this.target(program)), onStep);
  refresh = () => ran(this.engine.refresh(this.target(() => {})));
  destroy = () => ran(this.engine.destroy(this.target(() => {})));

  /** All files of the state, as text. */
  state(): string {
    return readdirSync(this.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
      .join("\n");
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function ran(running: RunningOperation, onStep?: (step: string) => void): Promise<Ran> {
  const diagnostics: string[] = [];
  const steps: string[] = [];
  for await (const event of running) {
    const told = event.diagnosticEvent;
    if (told && !told.ephemeral) diagnostics.push(`${told.severity}: ${told.message.trim()}`);
    const metadata = event.resourcePreEvent?.metadata;
    if (!metadata || metadata.op === "same") continue;
    const step = `${metadata.op} ${metadata.urn.split("::").at(-1)}`;
    steps.push(step);
    onStep?.(step);
  }
  const { result, changes } = await running.result;
  const changed = Object.entries(changes ?? {}).filter(([operation]) => operation !== "same");
  return { result, changes: Object.fromEntries(changed) as Record<string, number>, diagnostics, steps };
}
