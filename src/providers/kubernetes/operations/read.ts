/** Looks at an object: what it is now, and what inputs would make it so. */
import { InitializationError } from "../../../engine/interface/errors.ts";
import type { ReadRequest, ReadResult } from "../../../engine/interface/provider.ts";
import { importedInputs, observedInputs } from "../difference/observed-inputs.ts";
import { fromOutputs, markSecrets, toOutputs } from "../objects/checkpoint.ts";
import {
  apiVersionOf,
  fromObject,
  type KubeObject,
  kindOf,
  parseId,
  titleOf,
  toObject,
  withoutServerFields,
} from "../objects/kube-object.ts";
import { parseTypeToken } from "../objects/resource-type.ts";
import { ruleFor } from "../readiness/rules.ts";
import { isUnreachable, type Session } from "../session.ts";
import { failureOf } from "./failure.ts";
import { managerOf } from "./ownership.ts";

const gone: ReadResult = { id: "" };

/** The object as far as it is known, and at least of its type's kind. */
export function typedObject(type: string, ...known: readonly KubeObject[]): KubeObject {
  for (const object of known) if (apiVersionOf(object) !== "" && kindOf(object) !== "") return object;
  const parsed = parseTypeToken(type);
  if (!parsed) throw new Error(`${type} is not a type of the Kubernetes API`);
  return { apiVersion: parsed.apiVersion, kind: parsed.kind, ...known[0] };
}

export async function read(session: Session, request: ReadRequest): Promise<ReadResult> {
  const { id, inputs, outputs } = request;
  if (session.isRendering) return { id, inputs, outputs };
  const before = fromOutputs(outputs);
  const asked = withoutServerFields(toObject(inputs));
  const object = typedObject(request.type, asked, before.live);
  let live: KubeObject | undefined;
  try {
    live = await find(session, id, object);
  } catch (error) {
    if (isUnreachable(error) && session.options.deleteUnreachable) {
      session.log.warning(
        `${(error as Error).message}; ${id} is forgotten, since deleteUnreachable is set`,
        request.urn,
      );
      return gone;
    }
    if (isUnreachable(error) && session.options.skipUpdateUnreachable) {
      session.log.warning(`${(error as Error).message}; ${id} is taken to be as it was`, request.urn);
      return { id, inputs, outputs };
    }
    throw failureOf(error, "read", { ...object, metadata: parseId(id) }, inputs);
  }
  if (!live) return gone;
  // Who reads an object for the first time knows its kind at most.
  const isFirst = asked.metadata === undefined && asked.spec === undefined;
  const seen = isFirst ? importedInputs(live) : observedInputs(asked, before.live, live);
  const seenInputs = markSecrets(fromObject(seen), inputs);
  const found = {
    id,
    inputs: seenInputs,
    outputs: toOutputs({
      inputs: seenInputs,
      live,
      initialApiVersion: before.initialApiVersion ?? apiVersionOf(object),
      fieldManager: before.fieldManager ?? managerOf(session, asked, request.urn),
    }),
  };
  const trouble = isFirst ? undefined : troubleNow(live, session.options.awaitAll);
  if (trouble) throw new InitializationError(id, found.outputs, [trouble], found.inputs);
  return found;
}

/** Undefined when there is no such object, or no such kind any more. */
async function find(session: Session, id: string, object: KubeObject): Promise<KubeObject | undefined> {
  const cluster = await session.cluster();
  const mapping = await session.findMapping(object);
  if (!mapping) return undefined;
  const { namespace, name } = parseId(id);
  return cluster.reads.read(mapping, mapping.namespaced ? namespace || session.defaultNamespace() : "", name);
}

/** Why the object is not up at this moment, as far as it tells itself. */
function troubleNow(live: KubeObject, awaitAll: boolean): string | undefined {
  const rule = ruleFor(live, awaitAll);
  if (!rule || rule.related) return undefined;
  const verdict = rule.judge(live, {});
  return verdict.state === "ready" ? undefined : `${titleOf(live)} is not up: ${verdict.why}`;
}
