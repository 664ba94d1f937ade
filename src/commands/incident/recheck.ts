import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { storesFlag } from "../../cli/incident-command.ts";
import type { OutputFormat } from "../../cli/present.ts";

export default class IncidentRecheck extends PdcCommand {
  static override formats: readonly OutputFormat[] = ["table", "plain", "json"];
  static override summary = "Hold outages against all samples there are now, some of which came late";
  static override description =
    "Beginning and end of outages that ended are worked out again from raw samples; what differs gets a revision that says what it was. Closed months keep what they said.";
  static override examples = ["<%= config.bin %> incident recheck --from 7d --dry-run"];
  static override flags = {
    month: Flags.string({ description: "of this month", helpValue: "2026-10" }),
    from: Flags.string({ description: "from here on: 2026-11-01, or 7d (ago)", helpValue: "TIME" }),
    to: Flags.string({ description: "to here [default: now]", helpValue: "TIME" }),
    "dry-run": Flags.boolean({ char: "n", description: "only say what would be revised" }),
    store: storesFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(IncidentRecheck);
    const { cacheDirectory, stateDirectory } = await this.context();
    const { recheckIncidents, recheckWords } = await import("../../actions/incident/recheck.ts");
    const place = { directory: await this.inventoryDirectory(), cacheDirectory };
    const isDryRun = flags["dry-run"];
    const found = await recheckIncidents(place, { ...flags, stateDirectory, isDryRun });
    await this.present({
      schema: "pdc.incident.recheck/1",
      data: found,
      text: recheckWords(found, isDryRun),
    });
  }
}
