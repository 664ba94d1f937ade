import { Flags } from "@oclif/core";
import { AnnotateCommand, incidentArgument } from "../../cli/incident-command.ts";

export default class IncidentAck extends AnnotateCommand {
  static override summary = "Acknowledge an incident: somebody is working on it";
  static override description = "It is recorded with name and time, and told in lists, reports and alerts.";
  static override examples = [
    "<%= config.bin %> incident ack wan-ba-don-1 --note 'VNPT called, ticket 4711'",
  ];
  static override args = { incident: incidentArgument };
  static override flags = { note: Flags.string({ description: "what to say with it", helpValue: "TEXT" }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IncidentAck);
    const { stateDirectory, inventory } = await this.place();
    const { acknowledgeIncident } = await import("../../actions/incident/ack.ts");
    const found = await acknowledgeIncident({ ...args, ...flags, stateDirectory, inventory });
    await this.told(
      "pdc.incident.ack/1",
      found,
      `${found.incident.id}: acknowledged by ${found.acknowledged?.by}`,
    );
  }
}
