import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { badConfiguration, unsupported } from "../interface/errors.ts";

/** Names of stacks and projects: what Pulumi allows, so that they are safe as file names. */
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

export interface StackName {
  readonly project: string;
  readonly stack: string;
}

/** @throws EngineError (exit 22) for a name that Pulumi refuses, or one that would leave its directory */
export function checkName(kind: "stack" | "project", name: string): void {
  if (!NAME.test(name) || name === "." || name === "..") {
    throw badConfiguration(
      `invalid ${kind} name '${name}'`,
      "a name has 1 to 100 characters of letters, digits, hyphen, underscore and period",
    );
  }
}

/** `organization/<project>/<stack>`: how Pulumi names a stack of a self-managed backend. */
export const fullStackName = (name: StackName): string => `organization/${name.project}/${name.stack}`;

/** Accepts `<stack>`, `organization/<stack>` and `organization/<project>/<stack>`. */
export function parseStackReference(reference: string, defaultProject: string): StackName {
  const parts = reference.split("/");
  const name =
    parts.length === 1
      ? { project: defaultProject, stack: parts[0]! }
      : parts.length === 2 && parts[0] === "organization"
        ? { project: defaultProject, stack: parts[1]! }
        : parts.length === 3 && parts[0] === "organization"
          ? { project: parts[1]!, stack: parts[2]! }
          : undefined;
  if (!name) {
    throw badConfiguration(
      `'${reference}' is not a stack of this backend`,
      "use <stack> or organization/<project>/<stack>",
    );
  }
  checkName("project", name.project);
  checkName("stack", name.stack);
  return name;
}

/** The directory of a backend URL. @throws EngineError (exit 2) for anything but a directory */
export function backendDirectory(backend: string): string {
  if (backend.startsWith("file://")) {
    const rest = backend.slice("file://".length).replace(/[?#].*$/, "");
    if (rest === "~" || rest.startsWith("~/")) return join(process.env.HOME ?? "", rest.slice(1));
    return rest.startsWith("/") ? fileURLToPath(`file://${rest}`) : rest;
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(backend))
    throw unsupported(`the state backend ${backend.replace(/\/\/[^/@]*@/, "//")}`);
  return backend;
}

/** Paths of one stack below a backend directory; Pulumi's self-managed, project-scoped layout (version 1). */
export class StackPaths {
  /** `<backend>/.pulumi` */
  readonly root: string;
  readonly name: StackName;

  constructor(backend: string, name: StackName) {
    checkName("project", name.project);
    checkName("stack", name.stack);
    this.root = join(backendDirectory(backend), ".pulumi");
    this.name = name;
  }

  get meta(): string {
    return join(this.root, "meta.yaml");
  }
  get stacks(): string {
    return join(this.root, "stacks", this.name.project);
  }
  get checkpoint(): string {
    return join(this.stacks, `${this.name.stack}.json`);
  }
  get tags(): string {
    return join(this.stacks, `${this.name.stack}.pulumi-tags`);
  }
  get history(): string {
    return join(this.root, "history", this.name.project, this.name.stack);
  }
  get backups(): string {
    return join(this.root, "backups", this.name.project, this.name.stack);
  }
  get locks(): string {
    return join(this.root, "locks", "organization", this.name.project, this.name.stack);
  }
  /** Ours alone; the CLI does not look here. */
  get journal(): string {
    return join(this.root, "journals", this.name.project, this.name.stack, "journal.jsonl");
  }
  // What stays beside the state is named `.attrs`: such files the CLI's file layer (gocloud.dev/blob/fileblob) takes for
  // attributes of others and passes over in every listing.
  /** Ours too: that we wrote the checkpoint. */
  get seal(): string {
    return join(this.root, "seals", this.name.project, `${this.name.stack}.seal.attrs`);
  }
  /** Ours too: what was done to the stack, and by whom. It outlives the stack. */
  get audit(): string {
    return join(this.root, "audit", this.name.project, `${this.name.stack}.jsonl.attrs`);
  }
  get auditHead(): string {
    return join(this.root, "audit", this.name.project, `${this.name.stack}.head.attrs`);
  }
  get auditLock(): string {
    return join(this.root, "audit", this.name.project, `${this.name.stack}.lock.attrs`);
  }
}
