import { join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class LabUp extends PdcCommand {
  static override summary = "Run the province of an inventory on this machine, in the background";
  static override description =
    "Starts a simulated SNMP agent on loopback for every device of the inventory and writes a copy of the inventory " +
    "that points at them. Stays up until `pdc lab down`. Exits with 25 when another inventory's lab runs there.";
  static override examples = ["<%= config.bin %> lab up", "<%= config.bin %> lab up --faults 7"];
  static override flags = {
    dir: Flags.string({ description: "where the lab keeps its files", env: "PDC_LAB_DIR", helpValue: "DIR" }),
    faults: Flags.integer({
      description: "let the bad morning of this seed happen",
      min: 0,
      helpValue: "SEED",
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabUp);
    const { stateDirectory, cacheDirectory } = await this.context();
    const directory = resolve(flags.dir ?? join(stateDirectory, "lab"));
    const inventoryDirectory = await this.inventoryDirectory();
    const [{ labUp }, { labView }] = await Promise.all([
      import("../../actions/lab/up.ts"),
      import("../../actions/lab/view.ts"),
    ]);
    this.progress("starting the province's agents …");
    const { status, wasRunning } = await labUp({
      directory,
      inventoryDirectory,
      cacheDirectory,
      faultSeed: flags.faults,
      signal: this.signal,
    });
    if (wasRunning) this.progress("it was running already");
    await this.present({ schema: "pdc.lab/1", data: status, views: [labView(status)] });
  }
}
