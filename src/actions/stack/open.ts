/** From names on a command line to an engine and the stack it works on. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { stacks } from "../../../stacks/registry.ts";
import type { Engine, EngineSettings, StackTarget } from "../../engine/interface/engine.ts";
import { type PassphraseSource, passphraseFromEnvironment } from "../../engine/secrets/passphrase-source.ts";
import { didYouMean } from "../../inventory/near-match.ts";
import { keepHeapSmall } from "../heap.ts";

export interface StackSelection {
  /** A stack of the toolkit; absent: the Pulumi project in `directory`. */
  name?: string | undefined;
  /** A Node.js Pulumi project (`--cwd`), or where one is looked for. */
  directory: string;
  /** Whether `directory` was named by the user. */
  isDirectoryNamed: boolean;
  /** Pulumi's stack name: "production", "training" … */
  stack: string;
  engine: "embedded" | "pulumi";
  /** Directory of the state; absent: PULUMI_BACKEND_URL, the project's own, or below `stateDirectory`. */
  backend?: string | undefined;
  stateDirectory: string;
  /** Where Pulumi.<stack>.yaml of toolkit stacks lie, one folder a stack. */
  settingsDirectory: string;
  inventoryDirectory: () => string;
  environment: Readonly<Record<string, string | undefined>>;
  /** Asks for the passphrase where a person can be asked. */
  ask?: PassphraseSource | undefined;
  takeOver?: EngineSettings["takeOver"];
  /** Of pdc, for the audit log. */
  version?: string;
  /** Told of what did not stop an operation but should be known. */
  warn?: (message: string) => void;
}

export interface OpenStack {
  engine: Engine;
  target: StackTarget;
  /** Where the state is, for people. */
  backend: string;
}

/**
 * Resolves the selection; errors (exit 2 or 22) say which stacks there are. With `isGated`, mandatory findings of the
 * stack's gate are an error too (20). Nothing is created yet.
 */
export async function openStack(
  selection: StackSelection,
  options: { needsProgram: boolean; isGated?: boolean },
): Promise<OpenStack> {
  const project = selection.name === undefined ? readProject(selection) : undefined;
  const backend = localBackend(
    selection.backend ??
      (selection.environment.PULUMI_BACKEND_URL || undefined) ??
      project?.backend ??
      join(selection.stateDirectory, "deployments"),
  );
  const target = project
    ? projectTarget(selection, project)
    : await toolkitTarget(selection, selection.name as string, options);
  return { engine: await openEngine(selection, backend), target, backend };
}

async function openEngine(selection: StackSelection, backend: string): Promise<Engine> {
  keepHeapSmall();
  const [{ createDatacenterProvider, datacenterVersion }, { kubernetesVersion }] = await Promise.all([
    import("../../providers/datacenter/provider.ts"),
    import("../../providers/kubernetes/version.ts"),
  ]);
  const settings: EngineSettings = {
    backend,
    passphrase: passphraseFromEnvironment(selection.environment, selection.ask),
    packages: {
      pdc: { version: datacenterVersion, create: createDatacenterProvider },
      kubernetes: {
        version: kubernetesVersion,
        create: async (log) =>
          (await import("../../providers/kubernetes/provider.ts")).createKubernetesProvider(log),
      },
    },
    ...(selection.version && { version: selection.version }),
    ...(selection.warn && { warn: selection.warn }),
    ...(selection.takeOver && { takeOver: selection.takeOver }),
  };
  if (selection.engine === "pulumi") {
    const { createPulumiEngine } = await import("../../engine/cli/pulumi-engine.ts");
    return createPulumiEngine(settings);
  }
  const { createEmbeddedEngine } = await import("../../engine/embedded/embedded-engine.ts");
  return createEmbeddedEngine(settings);
}

async function toolkitTarget(
  selection: StackSelection,
  name: string,
  { needsProgram, isGated = false }: { needsProgram: boolean; isGated?: boolean },
): Promise<StackTarget> {
  const definition = Object.hasOwn(stacks, name) ? stacks[name] : undefined;
  if (!definition) {
    const near = didYouMean(name, Object.keys(stacks));
    throw refuse(
      "unknown-stack",
      2,
      `there is no stack ${name}`,
      `${near ? `${near} ` : ""}stacks of the toolkit: ${Object.keys(stacks).join(", ")}; another project: --cwd DIR`,
    );
  }
  const settingsDirectory = join(selection.settingsDirectory, name);
  const target = { project: name, stack: selection.stack, programName: name, settingsDirectory };
  if (!needsProgram) return target;
  const [{ deferCompilers }, { loadInventory }] = await Promise.all([
    import("../../engine/embedded/program/defer-compilers.ts"),
    import("../../inventory/load.ts"),
  ]);
  // Before the program loads the SDK.
  deferCompilers();
  const inventory = await loadInventory(selection.inventoryDirectory());
  const context = { inventory, environment: selection.stack };
  if (isGated && definition.loadGate) {
    const { assertGate } = await import("./check.ts");
    await assertGate(name, inventory, selection.stack, await (await definition.loadGate())(context));
  }
  const program = (await definition.load())(context);
  return {
    ...target,
    program: () => {
      // The SDK is loaded by now, and the space of new objects is not small any more.
      keepHeapSmall();
      return program();
    },
  };
}

interface Project {
  directory: string;
  name: string;
  backend: string | undefined;
}

function projectTarget(selection: StackSelection, { directory, name }: Project): StackTarget {
  return {
    project: name,
    stack: selection.stack,
    program: { directory },
    settingsDirectory: directory,
    workDirectory: directory,
  };
}

function readProject({ directory, isDirectoryNamed }: StackSelection): Project {
  const path = ["Pulumi.yaml", "Pulumi.yml"].map((file) => join(resolve(directory), file)).find(existsSync);
  const list = Object.keys(stacks).join(", ");
  if (!path) {
    throw isDirectoryNamed
      ? refuse(
          "no-project",
          22,
          `${directory}: there is no Pulumi.yaml`,
          "name the directory of a Pulumi project",
        )
      : refuse("no-stack", 2, "which stack?", `stacks of the toolkit: ${list}; a Pulumi project: --cwd DIR`);
  }
  const settings = parse(readFileSync(path, "utf8"), { maxAliasCount: 0 }) as {
    name?: unknown;
    backend?: { url?: unknown };
  } | null;
  if (typeof settings?.name !== "string")
    throw refuse("bad-project", 22, `${path}: the project has no name`, "add name: …");
  const url = settings.backend?.url;
  return {
    directory: resolve(directory),
    name: settings.name,
    backend: typeof url === "string" ? url : undefined,
  };
}

/** The directory of a `file://` URL or a path; other backends are the CLI's. */
function localBackend(backend: string): string {
  if (backend === "")
    throw refuse("backend-empty", 2, "the backend is empty", "name a directory: --backend DIR");
  if (backend.startsWith("file://"))
    return resolve(backend.slice("file://".length).replace(/^~(?=\/|$)/, process.env.HOME ?? "~"));
  if (/^[a-z0-9+]+:\/\//i.test(backend)) {
    throw refuse(
      "backend-unsupported",
      22,
      `${backend}: only a directory (file://…) holds state here`,
      "use the pulumi CLI for other backends",
    );
  }
  return resolve(backend);
}

function refuse(code: string, exitCode: number, message: string, fix: string): Error {
  return Object.assign(new Error(message), { code, exitCode, fix });
}
