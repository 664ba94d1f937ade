/** Waiting for an object to come up or to go, on shared watches. */

import { isUnauthorized } from "../api/api-error.ts";
import type { ResourceMapping } from "../api/discovery.ts";
import type { KubeObject } from "../objects/kube-object.ts";
import { kindOf, nameOf, namespaceOf, uidOf } from "../objects/kube-object.ts";
import type { ReadinessRule, Related, Verdict } from "../readiness/verdict.ts";
import { textAt, waiting } from "../readiness/verdict.ts";
import type { Cluster } from "./cluster.ts";
import type { WatchedKind } from "./watched-kind.ts";

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** hears now and then what is still missing */
  readonly progress: (why: string) => void;
}

export type Waited =
  | { readonly outcome: "ready"; readonly object: KubeObject }
  /** `object`: as last seen */
  | { readonly outcome: "failed" | "timeout" | "canceled"; readonly object: KubeObject; readonly why: string }
  | { readonly outcome: "gone"; readonly why: string };

const PROGRESS_MS = 5_000;

/** Waits until the rule says that the object is up, or that it never will be. */
export async function waitUntilReady(
  cluster: Cluster,
  mapping: ResourceMapping,
  object: KubeObject,
  rule: ReadinessRule,
  options: WaitOptions,
): Promise<Waited> {
  // Most kinds that nothing has to be looked up for are up with the answer that made them.
  if (!rule.related) {
    const now = rule.judge(object, {}, object);
    if (now.state === "ready") return { outcome: "ready", object };
  }
  const related = await relatedKinds(cluster, rule, namespaceOf(object));
  const main = cluster.watch(mapping, namespaceOf(object));
  let latest = object;
  const judge = (): Verdict | "gone" => {
    const seen = main.get(nameOf(object));
    // A list from before the write is no news.
    if (seen === undefined && main.knows(versionOf(object))) return "gone";
    if (seen && isNotOlder(seen, object)) latest = seen;
    const beside = [...related].filter(([, kind]) => kind.isListed);
    if (beside.length < related.size) return waiting(whyNotListed(related));
    const others: Related = Object.fromEntries(beside.map(([name, kind]) => [name, kind.all()]));
    return rule.judge(latest, others, object);
  };
  let verdict: Verdict = waiting("nothing is known of it yet");
  const ended = await watchUntil([main, ...related.values()], options, () => {
    const now = judge();
    if (now === "gone")
      return { outcome: "gone", why: `somebody deleted ${kindOf(object)} ${nameOf(object)}` } as const;
    verdict = now;
    if (isUnauthorized(main.trouble))
      return { outcome: "failed", object: latest, why: main.trouble.message } as const;
    if (now.state === "ready") return { outcome: "ready", object: latest } as const;
    if (now.state === "failed") return { outcome: "failed", object: latest, why: now.why } as const;
    return now.why;
  });
  if (typeof ended !== "string") return ended;
  const why = verdict.state === "waiting" ? verdict.why : "";
  return {
    outcome: ended as "timeout" | "canceled",
    object: latest,
    why: main.trouble ? main.trouble.message : why,
  };
}

async function relatedKinds(
  cluster: Cluster,
  rule: ReadinessRule,
  namespace: string,
): Promise<Map<string, WatchedKind>> {
  const found = new Map<string, WatchedKind>();
  for (const { apiVersion, kind } of rule.related ?? []) {
    const mapping = await cluster.discovery.find(apiVersion, kind);
    if (mapping) found.set(kind, cluster.watch(mapping, namespace));
  }
  return found;
}

function whyNotListed(related: ReadonlyMap<string, WatchedKind>): string {
  for (const [kind, watched] of related)
    if (!watched.isListed) return watched.trouble?.message ?? `the list of ${kind} has not come yet`;
  return "";
}

function versionOf(object: KubeObject): string {
  return textAt(object, "metadata", "resourceVersion");
}

/** Versions of one kind's objects are numbers that grow. */
function isNotOlder(seen: KubeObject, written: KubeObject): boolean {
  if (uidOf(seen) !== uidOf(written)) return true;
  const version = (of: KubeObject) => (/^\d+$/.test(versionOf(of)) ? BigInt(versionOf(of)) : 0n);
  return version(seen) >= version(written);
}

/**
 * Asks `look` at once and after each change.
 * @returns what it answers when that is no text (a text says what is missing), else why it ended
 */
function watchUntil<T extends object>(
  kinds: readonly WatchedKind[],
  { timeoutMs, signal, progress }: WaitOptions,
  look: () => T | string,
): Promise<T | "timeout" | "canceled"> {
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    let missing = "";
    const end = (value: T | "timeout" | "canceled") => {
      clearTimeout(timer);
      clearInterval(ticks);
      signal.removeEventListener("abort", cancel);
      for (const stop of stops) stop();
      resolve(value);
    };
    const check = () => {
      const answer = look();
      if (typeof answer === "string") missing = answer;
      else end(answer);
    };
    const cancel = () => end("canceled");
    const timer = setTimeout(() => end("timeout"), timeoutMs);
    const ticks = setInterval(() => progress(missing), PROGRESS_MS);
    if (signal.aborted) return cancel();
    signal.addEventListener("abort", cancel, { once: true });
    for (const kind of kinds) stops.push(kind.listen(check));
    check();
  });
}

export type Gone =
  | { readonly outcome: "gone" }
  | {
      readonly outcome: "timeout" | "canceled";
      readonly object: KubeObject | undefined;
      readonly why: string;
    };

/** Waits until an object is no more. `uid`: another object of its name counts as gone, too. */
export async function waitUntilGone(
  cluster: Cluster,
  mapping: ResourceMapping,
  { namespace, name, uid }: { namespace: string; name: string; uid: string },
  why: (object: KubeObject) => string,
  options: WaitOptions,
): Promise<Gone> {
  const main = cluster.watch(mapping, namespace);
  let latest: KubeObject | undefined;
  const ended = await watchUntil([main], options, () => {
    const seen = main.get(name);
    if (seen) latest = seen;
    if (main.isListed && (!seen || (uid !== "" && uidOf(seen) !== uid))) return { outcome: "gone" } as const;
    return latest ? why(latest) : (main.trouble?.message ?? "its list has not come yet");
  });
  if (typeof ended !== "string") return ended;
  return { outcome: ended, object: latest, why: latest ? why(latest) : (main.trouble?.message ?? "") };
}
