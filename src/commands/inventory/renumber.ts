import { Args, Flags } from "@oclif/core";
import { ChangeCommand } from "../../cli/change-command.ts";
import { exitCodes } from "../../cli/exit-codes.ts";

export default class InventoryRenumber extends ChangeCommand {
  static override summary = "Give agencies new codes from a day on, with a diff first";
  static override description = "The old codes are kept with the day they ended.";
  static override examples = [
    "<%= config.bin %> inventory renumber xa-quang-kim=18999 --on 2025-07-01",
    "<%= config.bin %> inventory renumber 19015=18999 19018=18998 --on 2025-07-01 --yes",
  ];
  static override strict = false;
  static override args = { codes: Args.string({ description: "AGENCY=CODE, several", required: true }) };
  static override flags = {
    on: Flags.string({ description: "first day of the new codes", required: true, helpValue: "DAY" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(InventoryRenumber);
    const codes = (argv as string[]).map((pair) => {
      const [agency, code] = [pair.slice(0, pair.lastIndexOf("=")), pair.slice(pair.lastIndexOf("=") + 1)];
      if (agency === "" || code === "") this.error(`${pair}: write AGENCY=CODE`, { exit: exitCodes.usage });
      return { agency, code };
    });
    const { planRenumber } = await import("../../actions/inventory/renumber.ts");
    const plan = await planRenumber(await this.inventoryDirectory(), { codes, on: flags.on });
    await this.carryOut("pdc.inventory.renumber/1", plan, flags);
  }
}
