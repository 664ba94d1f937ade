/** Snapshots for tests of the live view. */
import type { WatchIncident, WatchRow, WatchSnapshot } from "../../../src/actions/watch/snapshot.ts";

export const atMs = Date.parse("2026-11-24T01:15:02Z");

export function row(kind: WatchRow["kind"], id: string, given: Partial<WatchRow> = {}): WatchRow {
  return { kind, id, name: id, agency: "", state: "up", why: "", what: kind, ...given };
}

export function incident(id: string, given: Partial<WatchIncident> = {}): WatchIncident {
  return {
    id,
    severity: "critical",
    subject: `link ${id}`,
    agency: "xa-tan-trach",
    startMs: atMs - 600_000,
    why: "interface wan1 is down",
    cause: "VNPT",
    impact: "cut-off",
    affected: 1,
    isFlapping: false,
    ...given,
  };
}

/** A district with two communes, a department; one link is down and cuts off a commune. */
export function snapshot(given: Partial<WatchSnapshot> = {}): WatchSnapshot {
  return {
    version: 1,
    province: "Quảng Bình",
    timeZone: "Asia/Ho_Chi_Minh",
    atMs,
    newestSampleMs: atMs,
    rows: [
      row("agency", "so-tai-chinh", { name: "Sở Tài chính" }),
      row("agency", "bo-trach", { name: "Huyện Bố Trạch" }),
      row("agency", "xa-tan-trach", {
        name: "Xã Tân Trạch",
        agency: "bo-trach",
        state: "down",
        why: "wan-1: interface wan1 is down",
        sinceMs: atMs - 600_000,
      }),
      row("agency", "xa-thuong-trach", { name: "Xã Thượng Trạch", agency: "bo-trach" }),
      row("link", "wan-1", {
        agency: "xa-tan-trach",
        what: "VNPT",
        state: "down",
        why: "interface wan1 is down",
        sinceMs: atMs - 600_000,
      }),
      row("link", "wan-2", {
        agency: "xa-thuong-trach",
        what: "Viettel",
        in: 1_200_000,
        out: 34_000_000,
        use: 68,
        trend: [0, 12, 25, null, 50, 68, 99, 130],
      }),
      row("device", "rt-tan-trach", {
        agency: "xa-tan-trach",
        state: "unreachable",
        why: "cut off because link wan-1 is down",
      }),
      row("device", "rt-thuong-trach", { agency: "xa-thuong-trach" }),
    ],
    incidents: [incident("wan-1")],
    ...given,
  };
}

/** A province of `count` devices, each with a link, in as many communes below 20 districts. */
export function largeSnapshot(count: number): WatchSnapshot {
  const rows: WatchRow[] = [];
  for (let hub = 0; hub < 20; hub += 1) rows.push(row("agency", `h${hub}`, { name: `Huyện số ${hub}` }));
  for (let i = 0; i < count; i += 1) {
    const agency = `x${i}`;
    rows.push(row("agency", agency, { name: `Xã số ${i}`, agency: `h${i % 20}` }));
    rows.push(row("link", `wan-${i}`, { agency, use: i % 100, state: i % 97 === 0 ? "down" : "up" }));
    rows.push(row("device", `rt-${i}`, { agency }));
  }
  return snapshot({ rows, incidents: [] });
}
