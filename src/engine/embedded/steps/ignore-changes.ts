import { parsePath, resetPath } from "../../properties/path.ts";
import type { PropertyMap } from "../../properties/values.ts";

/**
 * The program's inputs with every ignored path set back to what it is in the old ones.
 * @returns also the paths that could not be followed on both sides
 */
export function ignoreChanges(
  oldInputs: PropertyMap,
  inputs: PropertyMap,
  paths: readonly string[],
): { readonly inputs: PropertyMap; readonly skipped: readonly string[] } {
  let result = inputs;
  const skipped: string[] = [];
  for (const text of paths) {
    const path = parsePath(text);
    if (!path) continue;
    const outcome = resetPath(oldInputs, result, path);
    result = outcome.value;
    if (!outcome.applied) skipped.push(text);
  }
  return { inputs: result, skipped };
}
