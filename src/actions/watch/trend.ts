/** How a link was used at the samples before the newest. Pure. */
import { findInterface } from "../../health/link-evidence.ts";
import type { LinkMeasures } from "../../health/types.ts";
import type { Link } from "../../inventory/model.ts";
import type { RatedSample } from "../../samples/types.ts";

/**
 * Use in percent at each sample but the newest, oldest first, by the end and against the rates that the newest was
 * measured by; null where nothing is known.
 */
export function earlierUse(
  link: Link,
  measures: LinkMeasures | undefined,
  samples: ReadonlyMap<string, readonly RatedSample[]>,
): (number | null)[] {
  const { measuredAt, inBitsPerSecond, outBitsPerSecond } = measures ?? {};
  if (!measures || measuredAt === undefined) return [];
  const percentPerBit = (percent: number | undefined, bits: number | undefined) =>
    percent === undefined || !bits ? 0 : percent / bits;
  const inFactor = percentPerBit(measures.inUtilisationPercent, inBitsPerSecond);
  const outFactor = percentPerBit(measures.outUtilisationPercent, outBitsPerSecond);
  const end = link[measuredAt];
  return (samples.get(end.device) ?? []).slice(1, -1).map(({ sample, rates }) => {
    const ports = sample.components.filter((component) => component.class === "interface");
    const port = findInterface(new Map(ports.map((component) => [component.key, { component }])), end);
    const found = rates.find(
      ({ class: kind, key }) => kind === "interface" && key === port?.component.key,
    )?.rates;
    const bits = (name: "inOctets" | "outOctets") => {
      const rate = found?.[name];
      return rate && "perSecond" in rate ? rate.perSecond * 8 : undefined;
    };
    // Seen from the upper end: what it takes in comes from the agency; the lower end sends it out.
    const [from, to] =
      measuredAt === "a" ? [bits("inOctets"), bits("outOctets")] : [bits("outOctets"), bits("inOctets")];
    if (from === undefined && to === undefined) return null;
    return Math.round(Math.max((from ?? 0) * inFactor, (to ?? 0) * outFactor));
  });
}
