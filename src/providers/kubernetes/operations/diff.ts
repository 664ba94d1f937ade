/** What a change of inputs means for the object: nothing, an update, or a new object. */
import type { DiffRequest, DiffResult } from "../../../engine/interface/provider.ts";
import { sameContent } from "../../../engine/properties/compare.ts";
import { containsUnknowns } from "../../../engine/properties/transform.ts";
import { isPlainObject, type PropertyMap } from "../../../engine/properties/values.ts";
import { immutableFields } from "../api/api-error.ts";
import {
  type Compared,
  changesBetween,
  describeChanges,
  saysNothing,
  withoutEmptyLists,
  withoutIgnored,
} from "../difference/compare-inputs.ts";
import { replacingFields } from "../difference/immutable-fields.ts";
import { annotations, isAnnotated } from "../objects/annotations.ts";
import { canonical } from "../objects/canonical.ts";
import { fromOutputs } from "../objects/checkpoint.ts";
import {
  apiVersionOf,
  type KubeObject,
  kindOf,
  metadataOf,
  nameOf,
  namespaceOf,
  parseId,
  toObject,
  withMetadata,
  withoutServerFields,
} from "../objects/kube-object.ts";
import { job } from "../readiness/workload-rules.ts";
import type { Session } from "../session.ts";
import { applyInputs } from "./apply.ts";
import { isPatch, placed } from "./check.ts";

export async function diff(session: Session, request: DiffRequest): Promise<DiffResult> {
  const { live, asked, fieldManager } = fromOutputs(request.oldOutputs);
  const isNamespaced = (await session.isNamespaced(toObject(request.news))) ?? true;
  const comparable = (object: KubeObject) =>
    canonical(placed(withoutServerFields(object), isNamespaced, "default"));
  const before = Object.keys(request.oldInputs).length > 0 ? toObject(request.oldInputs) : asked;
  const news = comparable(toObject(request.news));
  // A program may say by name what was generated before.
  const olds = comparable(nameOf(news) === "" ? before : withLiveName(before, live, request.id));
  const changes = withoutEmptyLists(withoutIgnored(changesBetween(olds, news), request.ignoreChanges), news);
  const unready = await unreadyJob(session, news, live);
  const rendersAlways = session.isRendering && session.options.alwaysRender;
  if (changes.length === 0 && !unready && !rendersAlways) return { changes: "none" };
  const patch = isPatch(request.type, news);
  const areWords = changes.length > 0 && changes.every((change) => saysNothing(change, olds, news));
  if (
    areWords &&
    !unready &&
    !rendersAlways &&
    !patch &&
    (await changesNothing(session, request, fieldManager))
  )
    return { changes: "none" };
  const fields = replacingFields(apiVersionOf(news), kindOf(news), {
    isPatch: patch,
    configMapsChange: session.options.enableConfigMapMutable,
    secretsChange: session.options.enableSecretMutable,
    isSealed: olds.immutable === true || news.immutable === true,
  });
  let compared = describeChanges(
    changes,
    fields,
    olds,
    news,
    (change) => !(change.kind === "add" && saysNothing(change, olds, news)),
  );
  if (compared.replaces.length === 0 && !patch && changes.length > 0) {
    const refused = await refusedFields(session, request.news, fieldManager);
    if (refused.length > 0) compared = describeChanges(changes, refused, olds, news);
  }
  return result(session, request, compared, unready, { news, live });
}

function result(
  session: Session,
  request: DiffRequest,
  { detailedDiff, replaces }: Compared,
  unready: boolean,
  { news, live }: { news: KubeObject; live: KubeObject },
): DiffResult {
  const because = unready ? [...replaces, `metadata.annotations["${annotations.replaceUnready}"]`] : replaces;
  if (because.length > 0) session.replacing.add(request.urn);
  const old = parseId(request.id);
  const keepsName =
    nameOf(news) === (nameOf(live) || old.name) && namespaceOf(news) === (namespaceOf(live) || old.namespace);
  return {
    changes: "some",
    replaces: because,
    diffs: [...new Set(Object.keys(detailedDiff).map((path) => path.split(/[.[]/)[0] as string))],
    detailedDiff,
    // Two objects cannot have one name: the old one goes first, unless the new one gets another name.
    deleteBeforeReplace: because.length > 0 && keepsName && !isAnnotated(news, annotations.autonamed),
  };
}

function withLiveName(inputs: KubeObject, live: KubeObject, id: string): KubeObject {
  const name = nameOf(inputs) || nameOf(live) || parseId(id).name;
  return isPlainObject(inputs.metadata) ? withMetadata(inputs, { name }) : inputs;
}

/**
 * The fields that this server refuses to change in place, by a dry run: kinds beyond the known table, custom
 * resources with their own rules, webhooks.
 */
async function refusedFields(
  session: Session,
  news: PropertyMap,
  fieldManager: string | undefined,
): Promise<string[]> {
  if (session.isRendering || !session.options.enableServerSideApply || containsUnknowns(news)) return [];
  if (!(await session.isReachable())) return [];
  try {
    await applyInputs(session, toObject(news), { fieldManager, dryRun: true, force: true });
    return [];
  } catch (error) {
    // Whatever else is wrong is told by the update itself.
    return immutableFields(error) ?? [];
  }
}

const LOOKS = 3;

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _, ...rest } = withoutServerFields(object);
  return rest;
}

/** Whether the object would stay what it is, which a dry run tells. */
async function changesNothing(
  session: Session,
  { news, id }: DiffRequest,
  fieldManager: string | undefined,
): Promise<boolean> {
  if (session.isRendering || !session.options.enableServerSideApply || containsUnknowns(news)) return false;
  if (!(await session.isReachable())) return false;
  try {
    const object = toObject(news);
    const { name, namespace } = parseId(id);
    const mapping = await session.mappingOf(object);
    const { reads } = await session.cluster();
    for (let i = 0; i < LOOKS; i++) {
      const now = await reads.read(mapping, namespace, name);
      if (!now) return false;
      const then = (await applyInputs(session, object, { fieldManager, dryRun: true, force: true })).object;
      if (sameContent(withoutStatus(now), withoutStatus(then))) return true;
      // Not what was read, since somebody (its controller) wrote to it in between.
      if (metadataOf(now).resourceVersion === metadataOf(then).resourceVersion) return false;
    }
    return false;
  } catch {
    // What is wrong with it is told by the update itself.
    return false;
  }
}

/** `pulumi.com/replaceUnready`: a job that did not get through is made anew. */
async function unreadyJob(session: Session, news: KubeObject, live: KubeObject): Promise<boolean> {
  if (!isAnnotated(news, annotations.replaceUnready) || kindOf(news) !== "Job") return false;
  if (session.isRendering || !(await session.isReachable())) return false;
  try {
    const cluster = await session.cluster();
    const mapping = await session.mappingOf(news);
    const now = await cluster.reads.read(mapping, namespaceOf(live), nameOf(live));
    return now !== undefined && job.judge(now, {}).state !== "ready";
  } catch {
    // A job that cannot be looked at is left as it is.
    return false;
  }
}
