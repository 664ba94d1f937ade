import { join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { exitCodes } from "../../cli/exit-codes.ts";

export default class LabStatus extends PdcCommand {
  static override summary = "Say what runs of a lab: the province, its inventory, the control plane";
  static override description = "Exits with 23 when nothing runs.";
  static override examples = ["<%= config.bin %> lab status", "<%= config.bin %> lab status --json"];
  static override flags = {
    dir: Flags.string({ description: "where the lab keeps its files", env: "PDC_LAB_DIR", helpValue: "DIR" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabStatus);
    const directory = resolve(flags.dir ?? join((await this.context()).stateDirectory, "lab"));
    const [{ labStatus }, { controlPlaneView, labView }] = await Promise.all([
      import("../../actions/lab/status.ts"),
      import("../../actions/lab/view.ts"),
    ]);
    const { province, controlPlane } = await labStatus({ directory });
    const views = [
      ...(province ? [labView(province)] : []),
      ...(controlPlane ? [controlPlaneView(controlPlane)] : []),
    ];
    await this.present({
      schema: "pdc.lab/1",
      data: views.length === 0 ? null : { ...province, ...(controlPlane && { controlPlane }) },
      ...(views.length === 0 ? { text: "No lab runs here.\n" } : { views }),
      exitCode: views.length === 0 ? exitCodes.nothingReachable : exitCodes.ok,
    });
  }
}
