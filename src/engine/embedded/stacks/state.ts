import type { EngineSettings, ImportStateOptions, OutputValue, StackTarget } from "../../interface/engine.ts";
import { badConfiguration } from "../../interface/errors.ts";
import { containsSecrets, mapChildren, withoutSecrets } from "../../properties/transform.ts";
import {
  isSecret,
  type PropertyMap,
  type PropertyValue,
  SIGNATURE_KEY,
  signatures,
} from "../../properties/values.ts";
import {
  encodeDeployment,
  featuresOf,
  openCheckpoint,
  parseCheckpoint,
  type Snapshot,
  secretsProviderOf,
} from "../../state/checkpoint.ts";
import { verifyResources } from "../../state/integrity.ts";
import { record, sortedJson } from "../../state/json.ts";
import { Sealer } from "../../state/sealer.ts";
import { parseUrn, ROOT_STACK_TYPE } from "../../urn/urn.ts";
import { StackSession } from "../deploy/stack-session.ts";
import { audited, takeLease } from "./audited.ts";

/** Shows secrets instead of sealing them: for an export that was asked to. */
class ShowingSealer extends Sealer {
  override seal(properties: PropertyMap): PropertyMap {
    return shown(properties) as PropertyMap;
  }
}

function shown(value: PropertyValue): PropertyValue {
  if (isSecret(value))
    return { [SIGNATURE_KEY]: signatures.secret, plaintext: sortedJson(withoutSecrets(value.value)) };
  return mapChildren(value, shown);
}

async function readOpen(
  engine: EngineSettings,
  target: StackTarget,
  unverified = false,
): Promise<{ session: StackSession; snapshot: Snapshot; sealer: Sealer }> {
  const session = await StackSession.open(engine, target);
  const { raw, stored } = await session.readState();
  const manager = await session.managerFor(raw);
  const sealer = new Sealer(manager);
  const snapshot = unverified
    ? openCheckpoint(raw, sealer, session.store.paths.checkpoint)
    : session.openState(raw, sealer);
  await session.checkSeal(stored, manager);
  return { session, snapshot, sealer };
}

/** The outputs of a stack; secrets are open, and said to be secret. */
export async function stackOutputs(
  engine: EngineSettings,
  target: StackTarget,
): Promise<Record<string, OutputValue>> {
  const { snapshot } = await readOpen(engine, target);
  const stack = snapshot.resources.find((resource) => resource.type === ROOT_STACK_TYPE && !resource.delete);
  return Object.fromEntries(
    Object.entries(stack?.outputs ?? {}).map(([key, value]) => [
      key,
      { value: withoutSecrets(value), secret: containsSecrets(value) },
    ]),
  );
}

/** `{"version":…,"deployment":…}`, secrets sealed as in the state, or in the open when that was asked for. */
export async function exportStack(
  engine: EngineSettings,
  target: StackTarget,
  options: { readonly showSecrets?: boolean; readonly unverified?: boolean } = {},
): Promise<string> {
  const { snapshot, sealer } = await readOpen(engine, target, options.unverified);
  const features = featuresOf(snapshot);
  return record([
    ["version", features.length > 0 ? "4" : "3"],
    ["features", features.length > 0 ? sortedJson(features) : undefined],
    [
      "deployment",
      encodeDeployment(
        snapshot,
        options.showSecrets ? new ShowingSealer(sealer.manager) : sealer,
        new Date(),
      ),
    ],
  ]);
}

/**
 * Replaces the state of a stack by an exported one.
 * @throws EngineError (exit 27) when it does not hold together, (exit 22) when it is of another stack
 */
export async function importStack(
  engine: EngineSettings,
  target: StackTarget,
  text: string,
  options: ImportStateOptions = {},
): Promise<void> {
  const session = await StackSession.open(engine, target);
  const force = options.force ?? false;
  const work = options.edits
    ? ({ operation: "state-edit", detail: options.edits.join("; ") } as const)
    : ({ operation: "import-state", detail: force ? "with --force" : undefined } as const);
  await audited(engine, session.store.paths, work, () => importLocked(engine, session, text, force));
}

async function importLocked(
  engine: EngineSettings,
  session: StackSession,
  text: string,
  force: boolean,
): Promise<void> {
  const { store } = session;
  const lease = await takeLease(engine, store.paths);
  try {
    await session.recover(lease);
    const raw = parseCheckpoint(text, "the given state");
    const manager = await session.managerFor(secretsProviderOf(raw) ? raw : (await store.read()).raw);
    const sealer = new Sealer(manager);
    const snapshot = openCheckpoint(raw, sealer, "the given state");
    if (!force) {
      refuseForeign(snapshot, store.name.stack, session.project.name);
      verifyResources(snapshot.resources, "the given state");
    }
    await store.write(store.encode(snapshot, sealer), lease, manager);
  } finally {
    await lease.release();
  }
}

function refuseForeign(snapshot: Snapshot, stack: string, project: string): void {
  for (const { urn } of snapshot.resources) {
    const parts = parseUrn(urn);
    if (!parts || parts.stack !== stack || parts.project !== project) {
      throw badConfiguration(
        `the resource ${urn} does not belong to the stack '${stack}' of '${project}'`,
        "import it all the same with --force",
      );
    }
  }
}

/**
 * Changes the state without running anything; the lock is held for it.
 * @param edit gives the new state; it is checked before it is written
 */
export async function editState(
  engine: EngineSettings,
  target: StackTarget,
  edit: (snapshot: Snapshot) => Snapshot,
): Promise<void> {
  const session = await StackSession.open(engine, target);
  await audited(engine, session.store.paths, { operation: "state-edit" }, () =>
    editLocked(engine, session, edit),
  );
}

async function editLocked(
  engine: EngineSettings,
  session: StackSession,
  edit: (snapshot: Snapshot) => Snapshot,
): Promise<void> {
  const lease = await takeLease(engine, session.store.paths);
  try {
    await session.recover(lease);
    const stored = await session.store.read();
    const { raw } = stored;
    const manager = await session.managerFor(raw);
    await session.checkSeal(stored, manager);
    const sealer = new Sealer(manager);
    const before = openCheckpoint(raw, sealer, session.store.paths.checkpoint);
    await session.store.write(session.store.encode(edit(before), sealer), lease, manager);
  } finally {
    await lease.release();
  }
}
