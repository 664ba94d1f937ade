import { isPlainObject, isSecret, isUnknown, type PropertyValue } from "./values.ts";

/** A value as the CLI's messages show one: `{text}`, `{[{1} {2}]}`, `{map[key:{value}]}`; secrets are not shown. */
export function valueText(value: PropertyValue | undefined): string {
  if (isUnknown(value)) return "output<string>{}";
  if (isSecret(value)) return "{[secret]}";
  if (value === undefined || value === null) return "{<nil>}";
  if (Array.isArray(value)) return `{[${value.map(valueText).join(" ")}]}`;
  if (!isPlainObject(value)) return `{${typeof value === "object" ? JSON.stringify(value) : String(value)}}`;
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${key}:${valueText(value[key])}`);
  return `{map[${entries.join(" ")}]}`;
}
