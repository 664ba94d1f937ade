/** Keys of components: stable names, made unique without depending on the order of rows. */

/**
 * For each row the first of its candidates that is not empty and that no other row has among the same candidates;
 * rows that stay ambiguous get "name#index". `taken` are keys of other rules; they are not given again.
 */
export function uniqueKeys(
  rows: readonly { keys: readonly string[]; index: string }[],
  taken: ReadonlySet<string>,
): string[] {
  const given: (string | undefined)[] = rows.map(() => undefined);
  const used = new Set(taken);
  const rounds = Math.max(0, ...rows.map((row) => row.keys.length));
  for (let round = 0; round < rounds; round++) {
    const count = new Map<string, number>();
    for (const [at, row] of rows.entries()) {
      const key = row.keys[round] ?? "";
      if (given[at] === undefined && key !== "") count.set(key, (count.get(key) ?? 0) + 1);
    }
    for (const [at, row] of rows.entries()) {
      const key = row.keys[round] ?? "";
      if (given[at] !== undefined || key === "" || count.get(key) !== 1 || used.has(key)) continue;
      given[at] = key;
    }
    for (const key of given) if (key !== undefined) used.add(key);
  }
  return rows.map((row, at) => given[at] ?? lastResort(row, used));
}

function lastResort(row: { keys: readonly string[]; index: string }, used: Set<string>): string {
  const name = row.keys.find((key) => key !== "") ?? "";
  let key = row.index === "" ? name : `${name}#${row.index}`;
  for (let copy = 2; used.has(key); copy++) key = `${name}#${row.index}#${copy}`;
  used.add(key);
  return key;
}
