import { PdcCommand } from "../cli/base-command.ts";
import { exitCodes } from "../cli/exit-codes.ts";

export default class Doctor extends PdcCommand {
  static override summary = "Say what this machine lacks for pdc and how to get it";
  static override description = "Exits with 22 when something fails that pdc cannot work without.";
  static override examples = ["<%= config.bin %> doctor", "<%= config.bin %> doctor --json"];

  async run(): Promise<void> {
    await this.parse(Doctor);
    const context = await this.context();
    let inventoryDirectory: string | undefined;
    try {
      inventoryDirectory = context.inventoryDirectory();
    } catch {
      // No inventory: the check says so.
    }
    const { doctor } = await import("../actions/doctor.ts");
    const rows = await doctor({
      stateDirectory: context.stateDirectory,
      inventoryDirectory,
      signal: this.signal,
    });
    await this.present({
      schema: "pdc.doctor/1",
      data: rows,
      views: [
        {
          columns: [
            { key: "id", header: "CHECK", dropOrder: 0 },
            { key: "result", header: "RESULT", isState: true, dropOrder: 0 },
            { key: "found", header: "FOUND", dropOrder: 2 },
            { key: "neededFor", header: "NEEDED FOR", dropOrder: 3 },
            { key: "fix", header: "HOW TO GET IT", dropOrder: 1 },
          ],
          rows: rows.map((check) => ({ ...check })),
        },
      ],
      exitCode: rows.some(({ result }) => result === "failed") ? exitCodes.badInput : 0,
    });
  }
}
