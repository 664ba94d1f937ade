import { PdcCommand } from "../../cli/base-command.ts";
import { incidentArgument, storesFlag } from "../../cli/incident-command.ts";
import type { OutputFormat } from "../../cli/present.ts";

export default class IncidentShow extends PdcCommand {
  static override formats: readonly OutputFormat[] = ["table", "plain", "json"];
  static override summary = "Show one incident: its evidence, what hangs on it, what was said and changed";
  static override examples = ["<%= config.bin %> incident show wan-ba-don-1"];
  static override args = { incident: incidentArgument };
  static override flags = { store: storesFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IncidentShow);
    const { cacheDirectory, stateDirectory } = await this.context();
    const { showIncident } = await import("../../actions/incident/show.ts");
    const place = { directory: await this.inventoryDirectory(), cacheDirectory };
    const { found, text } = await showIncident(place, { ...args, ...flags, stateDirectory });
    await this.present({ schema: "pdc.incident.show/1", data: found, text });
  }
}
