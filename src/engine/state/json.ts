/**
 * JSON as Go's encoder writes it, which Pulumi's state files are made with: one line, keys of maps sorted by
 * code unit, no HTML escapes. Records with a fixed order of keys are written by {@link record}.
 */
export function sortedJson(value: unknown): string {
  if (value === null || typeof value !== "object") return scalar(value);
  if (Array.isArray(value)) {
    let text = "[";
    for (let i = 0; i < value.length; i++) text += (i ? "," : "") + sortedJson(value[i]);
    return `${text}]`;
  }
  const map = value as Record<string, unknown>;
  const keys = Object.keys(map);
  if (keys.length > 1) keys.sort();
  let text = "{";
  let first = true;
  for (const key of keys) {
    const child = map[key];
    if (child === undefined) continue;
    text += `${(first ? "" : ",") + scalar(key)}:${sortedJson(child)}`;
    first = false;
  }
  return `${text}}`;
}

function scalar(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  // Go escapes the two line separators in any case.
  return typeof value === "string" && /[\u2028\u2029]/.test(value)
    ? text.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")
    : text;
}

/** An object of already encoded members in the given order; members that are undefined are left out. */
export function record(members: readonly (readonly [key: string, encoded: string | undefined])[]): string {
  let text = "{";
  let first = true;
  for (const [key, encoded] of members) {
    if (encoded === undefined) continue;
    text += `${first ? "" : ","}"${key}":${encoded}`;
    first = false;
  }
  return `${text}}`;
}
