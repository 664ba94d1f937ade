/** What `fping` and `ping` print, as round-trip times. Pure, and sceptical: anything unexpected is a lost probe. */

/**
 * Lines of `fping -C COUNT -q`: "10.0.0.1 : 0.31 - 0.52" (and "ICMP Host Unreachable …" lines between them).
 * @returns per address `count` RTTs in ms, undefined where lost; addresses without a line are not in it.
 */
export function parseFping(output: string, count: number): Map<string, (number | undefined)[]> {
  const found = new Map<string, (number | undefined)[]>();
  for (const line of output.split("\n")) {
    const match = /^(\S+)\s+:((?:\s+(?:-|\d+(?:\.\d+)?))+)\s*$/.exec(line);
    if (!match?.[1] || !match[2]) continue;
    const rtts = match[2]
      .trim()
      .split(/\s+/)
      .map((word) => (word === "-" ? undefined : Number(word)));
    found.set(match[1], padded(rtts, count));
  }
  return found;
}

/**
 * Answers of `ping -n -c COUNT`: "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.045 ms" (iputils, busybox with
 * `seq=0`, BSD). Duplicates count once; answers without a time or outside the sequence are ignored.
 */
export function parsePing(output: string, count: number): (number | undefined)[] {
  const bySequence = new Map<number, number>();
  for (const line of output.split("\n")) {
    const match = /\bbytes from\b.*\b(?:icmp_)?seq=(\d+)\b.*\btime[=<](\d+(?:\.\d+)?)\s*ms\b/.exec(line);
    if (match && !bySequence.has(Number(match[1]))) bySequence.set(Number(match[1]), Number(match[2]));
  }
  // iputils counts from 1, busybox and BSD from 0.
  const first = bySequence.has(0) ? 0 : 1;
  return Array.from({ length: count }, (_, position) => bySequence.get(first + position));
}

function padded(rtts: readonly (number | undefined)[], count: number): (number | undefined)[] {
  return Array.from({ length: count }, (_, position) => rtts[position]);
}
