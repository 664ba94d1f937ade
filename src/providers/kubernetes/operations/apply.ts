/** Brings one object to what its inputs say. */
import { setTimeout as sleep } from "node:timers/promises";
import { isNamespaceMissing } from "../api/api-error.ts";
import type { ResourceMapping } from "../api/discovery.ts";
import type { Written } from "../cluster/object-store.ts";
import { annotations, isAnnotated } from "../objects/annotations.ts";
import { apiVersionOf, type KubeObject, kindOf, nameOf, namespaceOf } from "../objects/kube-object.ts";
import type { Session } from "../session.ts";
import { placed } from "./check.ts";
import { collidingLists, takeLists } from "./take-lists.ts";

/** The one name of all objects that are not applied but patched; also the official provider's. */
export const CLIENT_SIDE_MANAGER = "pulumi-kubernetes";

/** How long a namespace is waited for that the object did not say it depends on. */
const NAMESPACE_PATIENCE_MS = 10_000;
const NAMESPACE_RETRY_MS = 300;

export interface ApplyOptions {
  readonly fieldManager: string | undefined;
  readonly dryRun: boolean;
  readonly force?: boolean;
}

export interface Applied extends Written {
  readonly mapping: ResourceMapping;
}

/** Whether the object may take fields from other managers. */
export function takesFields(session: Session, object: KubeObject): boolean {
  return session.options.enablePatchForce || isAnnotated(object, annotations.patchForce);
}

/** @throws as the API refuses */
export async function applyInputs(
  session: Session,
  object: KubeObject,
  options: ApplyOptions,
): Promise<Applied> {
  const cluster = await session.cluster();
  const mapping = await session.mappingOf(object);
  const target = placed(object, mapping.namespaced, session.defaultNamespace());
  const fieldManager = options.fieldManager ?? CLIENT_SIDE_MANAGER;
  const force = options.force ?? takesFields(session, object);
  const apply = () =>
    cluster.objects.apply(mapping, target, {
      fieldManager,
      force,
      dryRun: options.dryRun,
      giveUp: session.signal,
    });
  const write = () =>
    apply().catch(async (error: unknown) => {
      const lists = collidingLists(error);
      const mayTake = force && !options.dryRun && lists.length > 0;
      if (!mayTake || !(await takeLists(cluster, mapping, target, lists, fieldManager))) throw error;
      return apply();
    });
  return { mapping, ...(await whenNamespaceIsThere(session, options.dryRun, write)) };
}

/** Client-side mode: a new object is posted. */
export async function postInputs(session: Session, object: KubeObject, dryRun: boolean): Promise<Applied> {
  const cluster = await session.cluster();
  const mapping = await session.mappingOf(object);
  const target = placed(object, mapping.namespaced, session.defaultNamespace());
  const write = () =>
    cluster.objects.create(mapping, target, {
      fieldManager: CLIENT_SIDE_MANAGER,
      dryRun,
      giveUp: session.signal,
    });
  return { mapping, ...(await whenNamespaceIsThere(session, dryRun, write)) };
}

async function whenNamespaceIsThere(
  session: Session,
  dryRun: boolean,
  write: () => Promise<Written>,
): Promise<Written> {
  const deadline = Date.now() + NAMESPACE_PATIENCE_MS;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (dryRun || !isNamespaceMissing(error) || Date.now() > deadline || session.signal.aborted)
        throw error;
      await sleep(NAMESPACE_RETRY_MS);
    }
  }
}

/** Lets go of every field that a manager owns; what nobody else owns goes away with it. */
export async function relinquish(session: Session, object: KubeObject, fieldManager: string): Promise<void> {
  const cluster = await session.cluster();
  const mapping = await session.findMapping(object);
  if (!mapping) return;
  const target = placed(object, mapping.namespaced, session.defaultNamespace());
  const namespace = namespaceOf(target);
  if ((await cluster.reads.read(mapping, namespace, nameOf(target))) === undefined) return;
  await cluster.objects.apply(
    mapping,
    {
      apiVersion: apiVersionOf(object),
      kind: kindOf(object),
      metadata: { name: nameOf(target), ...(namespace !== "" && { namespace }) },
    },
    { fieldManager, force: false, giveUp: session.signal },
  );
}
