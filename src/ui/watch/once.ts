/** The live view where there is no terminal: what is not up, and the incidents that run, as tables. */
import type { WatchSnapshot } from "../../actions/watch/snapshot.ts";
import type { TableView } from "../../report/table-view.ts";
import { itemsOf } from "./list.ts";
import { initialState } from "./state.ts";

/** What must be known of a snapshot before it is believed. */
export function onceWarnings({ newestSampleMs, isOld, missingShards }: WatchSnapshot): string[] {
  if (newestSampleMs === undefined) return ["nothing was measured yet: is `pdc poll --every …` running?"];
  const warnings: string[] = [];
  if (isOld)
    warnings.push(
      `nothing was measured since ${new Date(newestSampleMs).toISOString()}, and the states are of then: is \`pdc poll --every …\` running?`,
    );
  if (missingShards)
    warnings.push(
      `without the devices of shard ${missingShards.join(", ")}: name the stores of those pollers too (--store, repeatable)`,
    );
  return warnings;
}

/** Incidents first, then every agency, link and device that is not up, the worst first. */
export function onceViews(snapshot: WatchSnapshot): TableView[] {
  const of = (view: "incidents" | "links" | "devices") =>
    itemsOf({ ...initialState(80, 24, snapshot), view });
  const incidents = of("incidents").flatMap((item) => (item.kind === "incident" ? [item.incident] : []));
  const agencies = snapshot.rows.filter(({ kind, state }) => kind === "agency" && state !== "up");
  const rows = [...of("links"), ...of("devices")].flatMap((item) =>
    item.kind === "row" && item.row.state !== "up" ? [item.row] : [],
  );
  return [
    {
      title: `Incidents – ${snapshot.province}`,
      columns: [
        { key: "severity", header: "SEVERITY", dropOrder: 0 },
        { key: "since", header: "SINCE", dropOrder: 2 },
        { key: "subject", header: "WHAT", dropOrder: 0 },
        { key: "why", header: "WHY", dropOrder: 1 },
        { key: "cause", header: "CAUSE", dropOrder: 2 },
        { key: "affected", header: "AGENCIES", align: "right", dropOrder: 3 },
        { key: "acknowledgedBy", header: "ACK", dropOrder: 3 },
        { key: "id", header: "ID", dropOrder: 4 },
      ],
      rows: incidents.map(({ severity, startMs, subject, why, cause, affected, acknowledgedBy, id }) => ({
        severity,
        since: new Date(startMs).toISOString(),
        subject,
        why,
        cause,
        affected,
        acknowledgedBy: acknowledgedBy ?? null,
        id,
      })),
      empty: "no incident runs",
    },
    {
      title: "Not up",
      columns: [
        { key: "kind", header: "KIND", dropOrder: 0 },
        { key: "name", header: "NAME", dropOrder: 0 },
        { key: "state", header: "STATE", dropOrder: 0, isState: true },
        { key: "why", header: "WHY", dropOrder: 1 },
      ],
      rows: [...agencies, ...rows].map(({ kind, name, state, why }) => ({ kind, name, state, why })),
      empty: "all is up",
    },
  ];
}
