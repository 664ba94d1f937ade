/** Quantities of Kubernetes (`0.5`, `500m`, `1Gi`): whether two texts mean the same, and where quantities stand. */
import type { PropertyPath } from "../../../engine/properties/path.ts";
import type { PropertyValue } from "../../../engine/properties/values.ts";
import { isBuiltInGroup, parseApiVersion } from "../objects/resource-type.ts";

/** Powers of ten above 10⁻⁹, the smallest that Kubernetes keeps. */
const decimal: Readonly<Record<string, number>> = {
  n: 0,
  u: 3,
  m: 6,
  k: 12,
  M: 15,
  G: 18,
  T: 21,
  P: 24,
  E: 27,
};
const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** In billionths, rounded up as Kubernetes rounds; undefined when the text is no quantity. */
function billionths(value: PropertyValue): bigint | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return undefined;
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2})?$/.exec(text);
  if (!match) return undefined;
  const [, sign, digits = "", suffix = ""] = match;
  const [whole = "", fraction = ""] = digits.split(".");
  const mantissa = BigInt(whole + fraction || "0");
  const power = /^[eE][+-]?\d/.test(suffix) ? 9 + Number(suffix.slice(1)) : (decimal[suffix] ?? 9);
  const factor = binary.includes(suffix) ? 1024n ** BigInt(binary.indexOf(suffix) + 1) : 1n;
  const scale = power - fraction.length;
  const scaled = mantissa * factor;
  const size =
    scale >= 0
      ? scaled * 10n ** BigInt(scale)
      : (scaled + 10n ** BigInt(-scale) - 1n) / 10n ** BigInt(-scale);
  return sign === "-" ? -size : size;
}

export function isSameQuantity(a: PropertyValue, b: PropertyValue): boolean {
  const size = billionths(a);
  return size !== undefined && size === billionths(b);
}

/** Keys below which Kubernetes' own kinds hold quantities; `*`: all kinds. */
const holders: Readonly<Record<string, readonly string[]>> = {
  "*": ["requests", "limits", "capacity", "podFixed", "overhead", "sizeLimit", "divisor"],
  ResourceQuota: ["hard"],
  LimitRange: ["default", "defaultRequest", "max", "min", "maxLimitRequestRatio"],
  HorizontalPodAutoscaler: ["averageValue", "value"],
};

/** Whether the value at the path of an object of this kind is a quantity. */
export function isQuantityAt(path: PropertyPath, apiVersion: string, kind: string): boolean {
  if (path[0] !== "spec" || !isBuiltInGroup(parseApiVersion(apiVersion).group)) return false;
  const keys = [...(holders["*"] ?? []), ...(Object.hasOwn(holders, kind) ? (holders[kind] ?? []) : [])];
  // Directly, or as a member of a map of quantities.
  return path.slice(-2).some((key) => typeof key === "string" && keys.includes(key));
}
