import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { storesFlag } from "../../cli/incident-command.ts";

export default class IncidentList extends PdcCommand {
  static override summary = "List incidents: those that run, or those of a period";
  static override description =
    "One line for each cause, with what hangs on it; what is only cut off is told at what cuts it off.";
  static override examples = [
    "<%= config.bin %> incident list",
    "<%= config.bin %> incident list --month 2026-10 --cause carrier --output csv",
    "<%= config.bin %> incident list --from 24h --agency dong-hoi",
    "<%= config.bin %> incident list --store shard-1.db --store shard-2.db",
  ];
  static override flags = {
    all: Flags.boolean({ description: "also those that have ended, of any time" }),
    month: Flags.string({ description: "of this month", helpValue: "2026-10" }),
    year: Flags.string({ description: "of this year", helpValue: "2026" }),
    from: Flags.string({
      description: "from here on: 2026-11-01, 2026-11-01T08:00, or 24h",
      helpValue: "TIME",
    }),
    to: Flags.string({ description: "to here [default: now]", helpValue: "TIME" }),
    agency: Flags.string({ description: "only this agency and those below it" }),
    kind: Flags.option({ description: "only these", options: ["outage", "fault", "restart"] as const })(),
    cause: Flags.option({
      description: "only those attributed to",
      options: ["carrier", "power", "device", "configuration", "unknown"] as const,
    })(),
    store: storesFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(IncidentList);
    const { cacheDirectory, stateDirectory } = await this.context();
    const { listIncidents } = await import("../../actions/incident/list.ts");
    const place = { directory: await this.inventoryDirectory(), cacheDirectory };
    const { rows, view, warnings } = await listIncidents(place, { ...flags, stateDirectory });
    await this.present({ schema: "pdc.incident.list/1", data: rows, views: [view], warnings });
  }
}
