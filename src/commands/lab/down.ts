import { join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class LabDown extends PdcCommand {
  static override summary = "Stop the lab (province and control plane) and remove its files";
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json"];
  static override examples = ["<%= config.bin %> lab down"];
  static override flags = {
    dir: Flags.string({ description: "where the lab keeps its files", env: "PDC_LAB_DIR", helpValue: "DIR" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabDown);
    const directory = resolve(flags.dir ?? join((await this.context()).stateDirectory, "lab"));
    const { labDown } = await import("../../actions/lab/down.ts");
    const { province, controlPlane } = await labDown({ directory });
    const told = [
      ...(province ? [`Stopped ${province.devices} devices.`] : []),
      ...(controlPlane ? [`Stopped the control plane and its ${controlPlane.nodes} nodes.`] : []),
    ];
    await this.present({
      schema: "pdc.lab.down/1",
      data: { wasRunning: told.length > 0, directory },
      text: `${told.join("\n") || "No lab ran."}\n`,
    });
  }
}
