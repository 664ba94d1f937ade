import { join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class LabDown extends PdcCommand {
  static override summary = "Stop the lab and remove its files";
  static override examples = ["<%= config.bin %> lab down"];
  static override flags = {
    dir: Flags.string({ description: "where the lab keeps its files", env: "PDC_LAB_DIR", helpValue: "DIR" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabDown);
    const directory = resolve(flags.dir ?? join((await this.context()).stateDirectory, "lab"));
    const { labDown } = await import("../../actions/lab/down.ts");
    const stopped = await labDown({ directory });
    await this.present({
      schema: "pdc.lab.down/1",
      data: { wasRunning: stopped !== undefined, directory },
      text: stopped === undefined ? "No lab ran.\n" : `Stopped ${stopped.devices} devices.\n`,
    });
  }
}
