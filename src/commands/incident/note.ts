import { Args } from "@oclif/core";
import { AnnotateCommand, incidentArgument } from "../../cli/incident-command.ts";

export default class IncidentNote extends AnnotateCommand {
  static override summary = "Add a note to an incident";
  static override description = "Notes are only ever added; `pdc incident show` tells them in order.";
  static override examples = ["<%= config.bin %> incident note wan-ba-don-1 'cable cut at km 12'"];
  static override args = {
    incident: incidentArgument,
    text: Args.string({ description: "the note", required: true }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IncidentNote);
    const { stateDirectory, inventory } = await this.place();
    const { noteIncident } = await import("../../actions/incident/note.ts");
    const found = await noteIncident({ ...args, ...flags, stateDirectory, inventory });
    await this.told("pdc.incident.note/1", found, `${found.incident.id}: noted`);
  }
}
