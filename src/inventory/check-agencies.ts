/** The tree of agencies over time: no cycles, no two parents at once, no names that mean two. */
import { type Collected, type Located, placeOf, problemIn } from "./located.ts";
import type { Agency, InventoryProblem } from "./model.ts";

export function checkAgencies(collected: Collected): InventoryProblem[] {
  const agencies = collected.items.agencies;
  return [
    ...[...agencies.values()].flatMap((agency) => [
      ...checkDates(agency),
      ...checkParentsLast(agency, agencies),
    ]),
    ...checkCycles(agencies),
    ...checkNames(agencies),
  ];
}

/** Days as text compare like days; a bound that is absent lies before or after all of them. */
const ALWAYS = { from: "0000-01-01", until: "9999-12-31" };

function checkDates(agency: Located<Agency>): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const { parents, validFrom, validUntil, mergedInto } = agency.value;
  if (validFrom !== undefined && validUntil !== undefined && validFrom >= validUntil) {
    problems.push(
      problemIn(
        agency,
        ["validUntil"],
        "invalid-period",
        `"${agency.value.id}" ends (${validUntil}) before it begins (${validFrom})`,
      ),
    );
  }
  if (mergedInto !== undefined && validUntil !== mergedInto.on) {
    const message = `"${agency.value.id}" was merged on ${mergedInto.on}, so it is valid until that day`;
    problems.push(
      problemIn(agency, ["mergedInto", "on"], "invalid-period", message, `validUntil: "${mergedInto.on}"`),
    );
  }
  const periods = parents
    .map((parent, index) => ({ ...ALWAYS, ...parent, index }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const [i, period] of periods.entries()) {
    const next = periods[i + 1];
    if (period.from >= period.until) {
      problems.push(
        problemIn(
          agency,
          ["parents", period.index],
          "invalid-period",
          `the period of parent "${period.agency}" ends before it begins`,
        ),
      );
    } else if (next && next.from < period.until) {
      problems.push(
        problemIn(
          agency,
          ["parents", next.index],
          "overlapping-parents",
          `parents "${period.agency}" and "${next.agency}" hold at the same time`,
        ),
      );
    }
  }
  return problems;
}

/** A parent must exist as long as it is one, so that the tree of every day is whole. */
function checkParentsLast(
  agency: Located<Agency>,
  agencies: ReadonlyMap<string, Located<Agency>>,
): InventoryProblem[] {
  return agency.value.parents.flatMap((period, i) => {
    const parent = agencies.get(period.agency)?.value;
    const until = period.until ?? agency.value.validUntil ?? ALWAYS.until;
    const from = period.from ?? agency.value.validFrom ?? ALWAYS.from;
    const ends = parent?.validUntil ?? ALWAYS.until;
    if (parent === undefined || (ends >= until && (parent.validFrom ?? ALWAYS.from) <= from)) return [];
    if (ends < until) {
      const message = `parent "${parent.id}" ends on ${ends}, before "${agency.value.id}" leaves it`;
      return [problemIn(agency, ["parents", i], "parent-ended", message, `add until: "${ends}"`)];
    }
    const message = `parent "${parent.id}" begins on ${parent.validFrom}, after "${agency.value.id}" joins it`;
    return [problemIn(agency, ["parents", i], "parent-ended", message, `add from: "${parent.validFrom}"`)];
  });
}

/** Cycles of parents on any day (the tree only changes on the days that are written), and of mergers. */
function checkCycles(agencies: ReadonlyMap<string, Located<Agency>>): InventoryProblem[] {
  const days = new Set([ALWAYS.from]);
  for (const { value } of agencies.values())
    for (const parent of value.parents) if (parent.from) days.add(parent.from);
  const parentOn = (day: string) => (id: string) => {
    const parents = agencies.get(id)?.value.parents ?? [];
    return parents.find(
      (parent) => (parent.from ?? ALWAYS.from) <= day && day < (parent.until ?? ALWAYS.until),
    )?.agency;
  };
  const problems = [...days]
    .flatMap((day) => cyclesOf(agencies.keys(), parentOn(day)))
    .map((cycle) =>
      problemIn(
        agencies.get(cycle[0]!)!,
        ["parents"],
        "parent-cycle",
        `agencies above each other: ${[...cycle, cycle[0]].join(" → ")}`,
      ),
    );
  const mergedInto = (id: string) => agencies.get(id)?.value.mergedInto?.agency;
  for (const cycle of cyclesOf(agencies.keys(), mergedInto)) {
    problems.push(
      problemIn(
        agencies.get(cycle[0]!)!,
        ["mergedInto"],
        "merger-cycle",
        `agencies merged into each other: ${[...cycle, cycle[0]].join(" → ")}`,
      ),
    );
  }
  return problems;
}

/** The cycles of a relation in which each thing leads to at most one other; each cycle once. */
export function cyclesOf(ids: Iterable<string>, next: (id: string) => string | undefined): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const start of ids) {
    const path: string[] = [];
    const onPath = new Set<string>();
    let id: string | undefined = start;
    while (id !== undefined && !done.has(id) && !onPath.has(id)) {
      path.push(id);
      onPath.add(id);
      id = next(id);
    }
    if (id !== undefined && onPath.has(id)) cycles.push(path.slice(path.indexOf(id)));
    for (const seen of path) done.add(seen);
  }
  return cycles;
}

/** Present codes, and names that people look an agency up by, belong to one agency each. */
function checkNames(agencies: ReadonlyMap<string, Located<Agency>>): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const codes = new Map<string, Located<Agency>>();
  const aliases = new Map<string, Located<Agency>>();
  for (const agency of agencies.values()) {
    const { code, aliases: own, id, validFrom, validUntil } = agency.value;
    const other = code === undefined ? undefined : codes.get(code);
    const apart =
      other &&
      ((validUntil ?? ALWAYS.until) <= (other.value.validFrom ?? ALWAYS.from) ||
        (other.value.validUntil ?? ALWAYS.until) <= (validFrom ?? ALWAYS.from));
    if (other && !apart) {
      problems.push(
        problemIn(
          agency,
          ["code"],
          "duplicate-code",
          `code "${code}" is also that of "${other.value.id}" (${placeOf(other, ["code"])})`,
        ),
      );
    } else if (code !== undefined) codes.set(code, agency);
    for (const [i, alias] of own.entries()) {
      const owner = aliases.get(alias.toLowerCase()) ?? (alias !== id ? agencies.get(alias) : undefined);
      if (owner && owner !== agency) {
        problems.push(
          problemIn(
            agency,
            ["aliases", i],
            "duplicate-alias",
            `"${alias}" also means "${owner.value.id}" (${placeOf(owner)})`,
          ),
        );
      } else aliases.set(alias.toLowerCase(), agency);
    }
  }
  return problems;
}
