/** After a write: what the server warned of, and waiting until the object is up. */
import { InitializationError } from "../../../engine/interface/errors.ts";
import type { PropertyMap } from "../../../engine/properties/values.ts";
import type { Urn } from "../../../engine/urn/urn.ts";
import { waitUntilReady } from "../cluster/wait.ts";
import { timeoutMsOf } from "../objects/annotations.ts";
import { toOutputs } from "../objects/checkpoint.ts";
import { formatId, type KubeObject, kindOf, nameOf, namespaceOf, titleOf } from "../objects/kube-object.ts";
import { troubleOf } from "../readiness/diagnose.ts";
import { ruleFor } from "../readiness/rules.ts";
import type { Session } from "../session.ts";
import type { Applied } from "./apply.ts";
import { withoutSecretTexts } from "./failure.ts";

export interface BringUp {
  readonly urn: Urn;
  readonly inputs: PropertyMap;
  readonly initialApiVersion: string;
  readonly fieldManager: string;
  /** the resource's own limit; 0: none */
  readonly timeoutSeconds: number;
}

export interface Up {
  readonly id: string;
  readonly outputs: PropertyMap;
}

export const idOf = (object: KubeObject): string => formatId(namespaceOf(object), nameOf(object));

/** What the server says about unknown fields, deprecated versions, policies that are only warned of. */
export function passOnWarnings(session: Session, { warnings }: Applied, urn: Urn, inputs: PropertyMap): void {
  for (const warning of warnings) {
    if (session.options.suppressDeprecationWarnings && /deprecated/i.test(warning)) continue;
    session.log.warning(withoutSecretTexts(warning, inputs), urn);
  }
}

/** @throws InitializationError when the object exists and is not up: with the reasons */
export async function bringUp(session: Session, applied: Applied, up: BringUp): Promise<Up> {
  const { mapping, object } = applied;
  for (const warning of applied.warnings) session.log.warning(withoutSecretTexts(warning, up.inputs), up.urn);
  const cluster = await session.cluster();
  if (kindOf(object) === "CustomResourceDefinition") cluster.discovery.reset();
  const outputs = (live: KubeObject) =>
    toOutputs({
      inputs: up.inputs,
      live,
      initialApiVersion: up.initialApiVersion,
      fieldManager: up.fieldManager,
    });
  const rule = ruleFor(object, session.options.awaitAll);
  if (!rule) return { id: idOf(object), outputs: outputs(object) };
  const timeoutMs = timeoutMsOf(object, up.timeoutSeconds);
  const waited = await waitUntilReady(cluster, mapping, object, rule, {
    timeoutMs,
    signal: session.signal,
    progress: (why) => session.log.info(`waiting for ${titleOf(object)}: ${why}`, up.urn),
  });
  if (waited.outcome === "gone") throw new Error(waited.why);
  if (waited.outcome === "ready") {
    if (kindOf(object) === "CustomResourceDefinition") cluster.discovery.reset();
    return { id: idOf(object), outputs: outputs(waited.object) };
  }
  const ended = {
    failed: waited.why,
    timeout: `is not up after ${timeoutMs / 1000} s: ${waited.why}`,
    canceled: `was not waited for to the end (canceled): ${waited.why}`,
  }[waited.outcome];
  const more = waited.outcome === "canceled" ? [] : await troubleOf(cluster, waited.object);
  throw new InitializationError(
    idOf(object),
    outputs(waited.object),
    [`${titleOf(object)} ${ended}`, ...more].map((reason) => withoutSecretTexts(reason, up.inputs)),
  );
}
