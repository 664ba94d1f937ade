/** "Did you mean …?" on the command line. Loaded only once something is wrong. */

/** The name nearest to what was typed, when at most a third of it (or two letters) differs. */
export async function nearest(typed: string, names: readonly string[]): Promise<string | undefined> {
  const { closest, distance } = await import("fastest-levenshtein");
  const others = names.filter((name) => name !== typed);
  if (others.length === 0) return undefined;
  const near = closest(typed, others);
  return distance(typed, near) <= Math.max(2, Math.floor(typed.length / 3)) ? near : undefined;
}
