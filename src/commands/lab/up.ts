import { join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class LabUp extends PdcCommand {
  static override summary =
    "Run the province of an inventory, or a Kubernetes control plane, on this machine in the background";
  static override description =
    "Starts a simulated SNMP agent on loopback for every device of the inventory and writes a copy of the inventory " +
    "that points at them. With --control-plane: a real Kubernetes API server, its controllers and its scheduler on " +
    "loopback, with nodes and pods that only pretend (the first time its programs are built with Go, which takes " +
    "minutes). Stays up until `pdc lab down`. Exits with 25 when another one runs there.";
  static override examples = [
    "<%= config.bin %> lab up",
    "<%= config.bin %> lab up --faults 7",
    "<%= config.bin %> lab up --control-plane --nodes 6",
  ];
  static override flags = {
    dir: Flags.string({ description: "where the lab keeps its files", env: "PDC_LAB_DIR", helpValue: "DIR" }),
    faults: Flags.integer({
      description: "let the bad morning of this seed happen",
      min: 0,
      helpValue: "SEED",
    }),
    "control-plane": Flags.boolean({
      description: "run a Kubernetes control plane instead of the province",
      exclusive: ["faults"],
    }),
    nodes: Flags.integer({
      description: "nodes of the control plane (default 4)",
      min: 1,
      max: 100,
      helpValue: "N",
      dependsOn: ["control-plane"],
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabUp);
    const { stateDirectory, cacheDirectory } = await this.context();
    const directory = resolve(flags.dir ?? join(stateDirectory, "lab"));
    const { controlPlaneView, labView } = await import("../../actions/lab/view.ts");
    if (flags["control-plane"]) {
      const { labUpControlPlane } = await import("../../actions/lab/up-control-plane.ts");
      const { status, wasRunning } = await labUpControlPlane({
        directory,
        nodes: flags.nodes,
        cacheDirectory,
        signal: this.signal,
        onProgress: (text) => this.progress(text),
      });
      if (wasRunning) this.progress("it was running already");
      await this.present({
        schema: "pdc.lab.control-plane/1",
        data: status,
        views: [controlPlaneView(status)],
      });
      return;
    }
    const inventoryDirectory = await this.inventoryDirectory();
    const { labUp } = await import("../../actions/lab/up.ts");
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
