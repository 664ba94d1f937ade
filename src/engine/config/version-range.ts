type Version = readonly [number, number, number];

function parse(text: string): Version | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)] : undefined;
}

function compare(a: Version, b: Version): number {
  for (const i of [0, 1, 2] as const) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

/**
 * Whether a version lies in a range as Pulumi's `requiredPulumiVersion` has it: comparisons joined by spaces
 * (all of them) and `||` (any). @throws when the range is malformed
 */
export function satisfies(version: string, range: string): boolean {
  const actual = parse(version);
  if (!actual) throw new Error(`"${version}" is not a version`);
  return range.split("||").some((alternative) => {
    const conditions = alternative.trim().match(/(>=|<=|!=|==|>|<|=|!)?\s*[^\s<>=!]+/g);
    if (!conditions) throw new Error(`failed to parse version range "${range}"`);
    return conditions.every((condition) => holds(actual, condition, range));
  });
}

function holds(actual: Version, condition: string, range: string): boolean {
  const match = /^(>=|<=|!=|==|>|<|=|!)?\s*(.+)$/.exec(condition.trim());
  const bound = match && parse(match[2]!);
  if (!match || !bound) throw new Error(`failed to parse version range "${range}"`);
  const order = compare(actual, bound);
  switch (match[1]) {
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case "<":
      return order < 0;
    case "!":
    case "!=":
      return order !== 0;
    default:
      return order === 0;
  }
}
