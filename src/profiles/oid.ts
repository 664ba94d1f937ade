/** OIDs of profile files: prefix names resolved to numbers. */

/** Known to every file. Modules and families add their own under `prefixes`. */
export const knownPrefixes: Readonly<Record<string, string>> = {
  "mib-2": "1.3.6.1.2.1",
  enterprises: "1.3.6.1.4.1",
};

/** "cisco.9.109" → "1.3.6.1.4.1.9.9.109"; undefined when a prefix is unknown (or names itself). */
export function resolveOid(
  text: string,
  prefixes: Readonly<Record<string, string>>,
  depth = 0,
): string | undefined {
  const dot = text.indexOf(".");
  const head = dot < 0 ? text : text.slice(0, dot);
  if (/^\d+$/.test(head)) return text;
  const prefix = Object.hasOwn(prefixes, head) ? prefixes[head] : knownPrefixes[head];
  if (prefix === undefined || depth > 8) return undefined;
  const base = resolveOid(prefix, prefixes, depth + 1);
  return base === undefined ? undefined : dot < 0 ? base : base + text.slice(dot);
}

/** Is `oid` the root itself or below it? */
export function isWithin(oid: string, root: string): boolean {
  return oid === root || (oid.startsWith(root) && oid[root.length] === ".");
}
