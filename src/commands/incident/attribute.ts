import { Args, Flags } from "@oclif/core";
import { AnnotateCommand, incidentArgument } from "../../cli/incident-command.ts";

const causes = ["carrier", "power", "device", "configuration", "unknown"] as const;

export default class IncidentAttribute extends AnnotateCommand {
  static override summary = "Say whose fault an incident was";
  static override description =
    "It stands above what the evidence gave, which stays beside it. Months that are closed keep what they said.";
  static override examples = [
    "<%= config.bin %> incident attribute 20261124T010300Z-link-wan-ba-don-1-outage carrier --note 'VNPT confirmed'",
  ];
  static override args = {
    incident: incidentArgument,
    cause: Args.custom<(typeof causes)[number]>({
      description: "whose",
      required: true,
      options: [...causes],
    })(),
  };
  static override flags = { note: Flags.string({ description: "on what grounds", helpValue: "TEXT" }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IncidentAttribute);
    const { stateDirectory, inventory } = await this.place();
    const { attributeIncident } = await import("../../actions/incident/attribute.ts");
    const found = await attributeIncident({
      ...flags,
      incident: args.incident,
      cause: args.cause!,
      stateDirectory,
      inventory,
    });
    await this.told("pdc.incident.attribute/1", found, `${found.incident.id}: ${found.cause}`);
  }
}
