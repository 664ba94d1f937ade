import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EngineSettings, StackTarget } from "../../interface/engine.ts";
import { EngineError } from "../../interface/errors.ts";
import { emptySnapshot } from "../../state/checkpoint.ts";
import { exists } from "../../state/files.ts";
import { backendDirectory } from "../../state/layout.ts";
import { Sealer } from "../../state/sealer.ts";
import { ROOT_STACK_TYPE } from "../../urn/urn.ts";
import { StackSession } from "../deploy/stack-session.ts";
import { audited, takeLease } from "./audited.ts";

/** The stacks of a backend, by project and name. */
export async function listStacks(
  engine: EngineSettings,
  project?: string,
): Promise<{ project: string; stack: string }[]> {
  const root = join(backendDirectory(engine.backend), ".pulumi", "stacks");
  const projects = project ? [project] : (await readdir(root).catch(() => [])).sort();
  const stacks: { project: string; stack: string }[] = [];
  for (const name of projects) {
    const files = await readdir(join(root, name)).catch(() => []);
    const found = files.flatMap((file) => /^([A-Za-z0-9_.-]+?)\.json(?:\.gz|\.zst)?$/.exec(file)?.[1] ?? []);
    for (const stack of [...new Set(found)].sort()) stacks.push({ project: name, stack });
  }
  return stacks;
}

/** Makes an empty stack, with a salt for its passphrase. @throws EngineError (exit 22) when it exists */
export async function initStack(engine: EngineSettings, target: StackTarget): Promise<void> {
  const session = await StackSession.open(engine, target);
  const { store } = session;
  await store.prepare();
  await audited(engine, store.paths, { operation: "init" }, () => initLocked(engine, session));
}

async function initLocked(engine: EngineSettings, session: StackSession): Promise<void> {
  const { store } = session;
  const lease = await takeLease(engine, store.paths);
  try {
    if (await store.exists()) {
      throw new EngineError(
        "stack-exists",
        22,
        `the stack '${store.name.stack}' exists already`,
        "choose another name",
      );
    }
    const manager = await session.managerFor(undefined);
    const sealer = new Sealer(manager);
    const content = store.encode(emptySnapshot(), sealer);
    await store.write(content, lease, manager);
    // As the CLI does, so that there is a backup from the first change on.
    await store.write(content, lease, manager);
  } finally {
    await lease.release();
  }
}

/**
 * Removes a stack: its checkpoint stays as `.bak`, its audit log stays, its history goes.
 * @throws EngineError (exit 22) when it still has resources and `force` is not given
 */
export async function removeStack(
  engine: EngineSettings,
  target: StackTarget,
  options: { readonly force?: boolean } = {},
): Promise<void> {
  const session = await StackSession.open(engine, target);
  const force = options.force ?? false;
  const work = { operation: "rm", detail: force ? "with --force" : undefined } as const;
  await audited(engine, session.store.paths, work, () => removeLocked(engine, session, force));
}

async function removeLocked(engine: EngineSettings, session: StackSession, force: boolean): Promise<void> {
  const { store } = session;
  const lease = await takeLease(engine, store.paths);
  try {
    await session.recover(lease);
    const { raw } = await store.read();
    const resources = (raw.deployment?.resources ?? []) as { type?: string }[];
    if (!force && resources.some((resource) => resource.type !== ROOT_STACK_TYPE)) {
      throw new EngineError(
        "stack-not-empty",
        22,
        `the stack '${store.name.stack}' still has resources`,
        `destroy them first: pdc stack destroy ${store.name.stack}; or remove it all the same with --force`,
      );
    }
    for (const extension of ["", ".gz", ".zst"]) {
      const file = store.paths.checkpoint + extension;
      if (await exists(file)) await rename(file, `${file}.bak`);
    }
    await rm(store.paths.history, { recursive: true, force: true });
    await rm(store.paths.tags, { force: true });
    await rm(store.paths.seal, { force: true });
    if (session.settings) await rm(session.settings.file, { force: true });
  } finally {
    await lease.release();
  }
}
