/** Rollups from several stores: a component whose device moved from one poller to another is one series. Pure. */
import type { RollupSeries } from "./history-types.ts";

const COLUMNS = ["min", "mean", "max", "count"] as const;

/** Series in the order in which they first come; those of several stores are joined in time order. */
export function* mergedRollups(all: readonly Iterable<RollupSeries>[]): Generator<RollupSeries> {
  const found = new Map<string, RollupSeries[]>();
  for (const list of all)
    for (const series of list) {
      const key = `${series.device}\0${series.class}\0${series.key}\0${series.measurement}`;
      const known = found.get(key);
      if (known) known.push(series);
      else found.set(key, [series]);
    }
  for (const [first, ...others] of found.values())
    yield others.reduce((one, other) => joined(one, other), first!);
}

/** Of a step that both have, the one of more values stands: the other saw only the beginning or the end of it. */
function joined(one: RollupSeries, other: RollupSeries): RollupSeries {
  const rows = [one, other].flatMap((series) => [...series.atMs.keys()].map((at) => ({ series, at })));
  rows.sort((x, y) => x.series.atMs[x.at]! - y.series.atMs[y.at]!);
  const kept: typeof rows = [];
  for (const row of rows) {
    const last = kept.at(-1);
    if (!last || last.series.atMs[last.at] !== row.series.atMs[row.at]) kept.push(row);
    else if (last.series.count[last.at]! < row.series.count[row.at]!) kept[kept.length - 1] = row;
  }
  const column = (name: (typeof COLUMNS)[number] | "atMs") =>
    Float64Array.from(kept, ({ series, at }) => series[name][at]!);
  return {
    ...one,
    atMs: column("atMs"),
    ...(Object.fromEntries(COLUMNS.map((name) => [name, column(name)])) as Pick<
      RollupSeries,
      (typeof COLUMNS)[number]
    >),
  };
}
