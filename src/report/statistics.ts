/** Statistics of series with holes: NaN is a hole, never a zero. */

/** Mean of what is known; undefined when nothing is. */
export function meanOf(values: Float32Array): number | undefined {
  let total = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    total += value;
    count++;
  }
  return count > 0 ? total / count : undefined;
}

/**
 * The value that `percent` of the known values do not exceed: nearest rank, as carriers bill the 95th percentile (the
 * top 5 % of 5-minute means are left out, the next one counts). Undefined when nothing is known.
 */
export function percentileOf(values: Float32Array | Float64Array, percent: number): number | undefined {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  if (known.length === 0) return undefined;
  return known[Math.max(0, Math.ceil((percent / 100) * known.length) - 1)];
}

/** A series as at most `points` values for drawing: the highest of each step, holes kept. */
export function condense(values: Float32Array, points: number): Float32Array {
  if (values.length <= points) return values;
  const condensed = new Float32Array(points).fill(Number.NaN);
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (Number.isNaN(value)) continue;
    const place = Math.floor((at * points) / values.length);
    condensed[place] = Number.isNaN(condensed[place]!) ? value : Math.max(condensed[place]!, value);
  }
  return condensed;
}
