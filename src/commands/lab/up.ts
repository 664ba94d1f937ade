import { join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class LabUp extends PdcCommand {
  static override summary = "Run a simulated province, or a Kubernetes control plane, in the background";
  static override description =
    "Starts a simulated SNMP agent on loopback for every device of the inventory and writes a copy of the inventory " +
    "that points at them. With --control-plane: a real Kubernetes API server, its controllers and its scheduler on " +
    "loopback, with nodes and pods that only pretend (the first time its programs are built with Go, which takes " +
    "minutes). Stays up until `pdc lab down`. Exits with 25 when another one runs there.";
  static override examples = [
    "<%= config.bin %> lab up",
    "<%= config.bin %> lab up --faults 7",
    "<%= config.bin %> lab up --control-plane --cluster trung-tam",
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
      exclusive: ["cluster"],
    }),
    cluster: Flags.string({
      description: "give it the nodes and storage classes of this cluster of the inventory",
      helpValue: "ID",
      dependsOn: ["control-plane"],
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabUp);
    const { stateDirectory, cacheDirectory, inventoryDirectory } = await this.context();
    const directory = resolve(flags.dir ?? join(stateDirectory, "lab"));
    const common = { directory, cacheDirectory, signal: this.signal };
    const { controlPlaneView, labView } = await import("../../actions/lab/view.ts");
    if (flags["control-plane"]) {
      const { nodes, cluster } = flags;
      const onProgress = (text: string) => this.progress(text);
      const { labUpControlPlane } = await import("../../actions/lab/up-control-plane.ts");
      const up = await labUpControlPlane({ ...common, nodes, cluster, inventoryDirectory, onProgress });
      if (up.wasRunning) this.progress("it was running already");
      const views = [controlPlaneView(up.status)];
      await this.present({ schema: "pdc.lab.control-plane/1", data: up.status, views });
      return;
    }
    const { labUp } = await import("../../actions/lab/up.ts");
    this.progress("starting the province's agents …");
    const { status, wasRunning } = await labUp({
      ...common,
      inventoryDirectory: await this.inventoryDirectory(),
      faultSeed: flags.faults,
    });
    if (wasRunning) this.progress("it was running already");
    await this.present({ schema: "pdc.lab/1", data: status, views: [labView(status)] });
  }
}
