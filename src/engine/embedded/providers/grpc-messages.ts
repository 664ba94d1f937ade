import type * as provider from "@pulumi/pulumi/proto/provider_pb.js";
import type { CheckFailure, DiffKind, DiffResult } from "../../interface/provider.ts";

export function optional<T, R>(value: T | undefined, convert: (value: T) => R): R | undefined {
  return value === undefined ? undefined : convert(value);
}

export function checkFailures(list: readonly provider.CheckFailure[]): CheckFailure[] {
  return list.map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}

const changes = ["unknown", "none", "some"] as const;
/** In the order of `PropertyDiff.Kind`. */
export const diffKinds: readonly DiffKind[] = [
  "add",
  "add-replace",
  "delete",
  "delete-replace",
  "update",
  "update-replace",
];

export function diffResult(response: provider.DiffResponse): DiffResult {
  const detailed = response.getDetaileddiffMap();
  return {
    changes: changes[response.getChanges()] ?? "unknown",
    replaces: response.getReplacesList(),
    stables: response.getStablesList(),
    diffs: response.getDiffsList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    ...(response.getHasdetaileddiff()
      ? {
          detailedDiff: Object.fromEntries(
            detailed.toArray().map(([path]) => {
              const diff = detailed.get(path)!;
              return [path, { kind: diffKinds[diff.getKind()] ?? "update", inputDiff: diff.getInputdiff() }];
            }),
          ),
        }
      : {}),
  };
}

interface Urns {
  getUrnsList(): string[];
  setUrnsList(urns: string[]): unknown;
}

interface UrnsMap<T> {
  set(key: string, value: T): unknown;
  forEach(visit: (value: T, key: string) => void): void;
}

export function dependencyMap<T extends Urns>(map: UrnsMap<T>): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  map.forEach((value, key) => {
    result[key] = value.getUrnsList();
  });
  return result;
}

export function setDependencies<T extends Urns>(
  map: UrnsMap<T>,
  dependencies: Readonly<Record<string, readonly string[]>>,
  make: () => T,
): void {
  for (const [key, urns] of Object.entries(dependencies)) {
    const value = make();
    value.setUrnsList([...urns]);
    map.set(key, value);
  }
}
