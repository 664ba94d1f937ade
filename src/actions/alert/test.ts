/** `pdc alert test`: a message over a channel now, to see whether it arrives. Nothing is queued or remembered. */

import { findName, LookupError } from "../../inventory/lookup.ts";
import { composeTest } from "../../notify/compose.ts";
import type { TableView } from "../../report/table-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";
import { destinationOf } from "./list.ts";
import { alertParts } from "./open-alerts.ts";

/**
 * Sends to the named channels, or to all.
 * @throws InventoryError; LookupError (2) for a channel that is not there, or when there is none
 */
export async function testAlerts(
  place: InventoryPlace,
  { channels: names = [] }: { channels?: readonly string[] },
) {
  const { inventory } = await openInventory(place);
  const parts = await alertParts(inventory, {});
  const { channels } = parts.config;
  if (channels.length === 0)
    throw new LookupError(
      "no-channels",
      "the inventory has no channels",
      "`pdc alert show --example` shows how",
    );
  const ids = channels.map(({ id }) => id);
  const named = names.map((name) => findName("channel", name, ids, "pdc alert list"));
  const wanted = channels.filter(({ id }) => named.length === 0 || named.includes(id));
  const rows = await Promise.all(
    wanted.map(async (channel) => {
      const beganMs = performance.now();
      const result = await parts.deliver(channel, composeTest(channel.id, Date.now(), parts));
      return {
        channel: channel.id,
        state: result.ok ? "ok" : "failed",
        to: destinationOf(channel),
        durationMs: Math.round(performance.now() - beganMs),
        error: result.ok ? (result.note ?? null) : result.error,
      };
    }),
  );
  const failed = rows.filter(({ state }) => state === "failed");
  const view: TableView = {
    columns: [
      { key: "channel", header: "CHANNEL", dropOrder: 0 },
      { key: "state", header: "STATE", dropOrder: 0, isState: true },
      { key: "to", header: "TO", dropOrder: 1 },
      { key: "durationMs", header: "MS", align: "right", dropOrder: 2 },
      { key: "error", header: "ERROR", dropOrder: 0 },
    ],
    rows,
  };
  const exitCode = failed.length === 0 ? 0 : failed.length < rows.length ? 21 : 23;
  return { rows, view, exitCode };
}
