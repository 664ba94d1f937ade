/** The configuration of the provider itself: checked, and compared with the one of before. */
import type {
  CheckRequest,
  CheckResult,
  DiffRequest,
  DiffResult,
} from "../../../engine/interface/provider.ts";
import { sameContent } from "../../../engine/properties/compare.ts";
import { containsUnknowns } from "../../../engine/properties/transform.ts";
import type { PropertyMap } from "../../../engine/properties/values.ts";
import { loadKubeconfig } from "../api/kubeconfig.ts";
import { checkOptions, connecting, readOptions, strictFailures } from "../provider-options.ts";

export function checkConfig({ news, name }: CheckRequest): CheckResult {
  const isDefault = name === "default" || name.startsWith("default_");
  return {
    inputs: news,
    failures: [...checkOptions(news, containsUnknowns), ...strictFailures(news, isDefault)],
  };
}

/**
 * Another cluster makes another provider, and with it new objects; everything else is an update. `clusterIdentifier`,
 * where it is given, alone says which cluster it is.
 */
export function diffConfig({ oldInputs, news }: DiffRequest): DiffResult {
  const keys = [...new Set([...Object.keys(oldInputs), ...Object.keys(news)])];
  const diffs = keys.filter((key) => !key.startsWith("__") && !sameContent(oldInputs[key], news[key]));
  if (diffs.length === 0) return { changes: "none" };
  return { changes: "some", diffs, replaces: replacing(oldInputs, news, diffs) };
}

function replacing(olds: PropertyMap, news: PropertyMap, diffs: readonly string[]): string[] {
  const always = diffs.filter((key) => key === "renderYamlToDirectory");
  const identified = [olds, news].map((inputs) => readOptions(inputs, {}).clusterIdentifier);
  if (identified[0] !== undefined && identified[1] !== undefined)
    return [...always, ...diffs.filter((key) => key === "clusterIdentifier")];
  const changed = diffs.filter((key) => (connecting as readonly string[]).includes(key));
  if (changed.length === 0 || changed.some((key) => containsUnknowns(news[key] ?? null))) return always;
  const [before, after] = [serverOf(olds), serverOf(news)];
  // A kubeconfig that can no longer be read says nothing about where the objects are.
  return before !== undefined && after !== undefined && before !== after ? [...always, ...changed] : always;
}

function serverOf(inputs: PropertyMap): string | undefined {
  try {
    return loadKubeconfig(readOptions(inputs, {})).server;
  } catch {
    return undefined;
  }
}
