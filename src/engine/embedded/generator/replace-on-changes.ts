import type { PropertyDiff } from "../../interface/provider.ts";
import { type PropertyPath, parsePath, pathContains } from "../../properties/path.ts";
import type { Difference } from "../steps/difference.ts";

/** Stands for previous initialization errors among the changed properties. */
const INIT_ERROR_KEY = "#initerror";

/** Turns changes below the given paths into replacements (`replaceOnChanges`). */
export function replaceOnChanges(
  difference: Difference,
  paths: readonly string[],
  hasInitErrors: boolean,
): Difference {
  if (difference.changes === "none" && !hasInitErrors) return difference;
  const wanted = paths.map(parsePath).filter((path): path is PropertyPath => path !== undefined);
  if (wanted.length === 0) return difference;
  const hits = (text: string) => {
    const path = parsePath(text);
    return path !== undefined && wanted.some((outer) => pathContains(outer, path));
  };
  const replaceKeys = new Set(difference.replaceKeys);
  for (const key of difference.changedKeys) if (hits(key)) replaceKeys.add(key);
  let detailedDiff: Record<string, PropertyDiff> | undefined;
  if (difference.detailedDiff) {
    detailedDiff = Object.fromEntries(
      Object.entries(difference.detailedDiff).map(([path, diff]) => [
        path,
        hits(path) ? asReplacement(diff) : diff,
      ]),
    );
  }
  let changes = difference.changes;
  if (hasInitErrors && hits(INIT_ERROR_KEY)) {
    replaceKeys.add(INIT_ERROR_KEY);
    if (detailedDiff) detailedDiff[INIT_ERROR_KEY] = { kind: "update-replace", inputDiff: false };
    changes = "some";
  }
  return { ...difference, changes, replaceKeys: [...replaceKeys], detailedDiff };
}

function asReplacement(diff: PropertyDiff): PropertyDiff {
  return diff.kind.endsWith("-replace")
    ? diff
    : { ...diff, kind: `${diff.kind}-replace` as PropertyDiff["kind"] };
}
