import type { DiffResult, PropertyDiff } from "../../interface/provider.ts";

/** What makes a resource's goal differ from its state. */
export interface Difference {
  readonly changes: "none" | "some";
  /** why it has to be replaced */
  readonly replaceKeys: readonly string[];
  readonly changedKeys: readonly string[];
  readonly detailedDiff: Readonly<Record<string, PropertyDiff>> | undefined;
  readonly deleteBeforeReplace: boolean;
  /** forced without a key to blame (a replacement trigger) */
  readonly forced?: boolean;
}

export const noDifference: Difference = {
  changes: "none",
  replaceKeys: [],
  changedKeys: [],
  detailedDiff: undefined,
  deleteBeforeReplace: false,
};

/** A replacement that needs no provider to say so. */
export function replaceBecause(...keys: string[]): Difference {
  return { ...noDifference, changes: "some", replaceKeys: keys };
}

export function needsReplacement(difference: Difference): boolean {
  return (
    difference.forced === true ||
    difference.replaceKeys.length > 0 ||
    Object.values(difference.detailedDiff ?? {}).some((diff) => diff.kind.endsWith("-replace"))
  );
}

/** A provider's answer; `unknown` has to be settled before. */
export function differenceFrom(result: DiffResult): Difference {
  return {
    changes: result.changes === "none" ? "none" : "some",
    replaceKeys: result.replaces ?? [],
    changedKeys: result.diffs ?? [],
    detailedDiff: result.detailedDiff,
    deleteBeforeReplace: result.deleteBeforeReplace ?? false,
  };
}
