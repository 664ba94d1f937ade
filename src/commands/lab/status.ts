import { join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { exitCodes } from "../../cli/exit-codes.ts";

export default class LabStatus extends PdcCommand {
  static override summary = "Say whether a lab runs, with how many devices, and where its inventory is";
  static override description = "Exits with 23 when none runs.";
  static override examples = ["<%= config.bin %> lab status", "<%= config.bin %> lab status --json"];
  static override flags = {
    dir: Flags.string({ description: "where the lab keeps its files", env: "PDC_LAB_DIR", helpValue: "DIR" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabStatus);
    const directory = resolve(flags.dir ?? join((await this.context()).stateDirectory, "lab"));
    const [{ labStatus }, { labView }] = await Promise.all([
      import("../../actions/lab/status.ts"),
      import("../../actions/lab/view.ts"),
    ]);
    const status = await labStatus({ directory });
    await this.present({
      schema: "pdc.lab/1",
      data: status ?? null,
      ...(status === undefined ? { text: "No lab runs here.\n" } : { views: [labView(status)] }),
      exitCode: status === undefined ? exitCodes.nothingReachable : exitCodes.ok,
    });
  }
}
