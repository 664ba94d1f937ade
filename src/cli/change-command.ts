/** What commands share that change files: the change is shown, somebody agrees, and only then it is written. */
import { Flags } from "@oclif/core";
import { PdcCommand } from "./base-command.ts";
import { exitCodes } from "./exit-codes.ts";
import type { OutputFormat } from "./present.ts";

/** A change that an action has thought out and checked. */
export interface PlannedChange {
  changes: readonly { path: string; diff: string }[];
  diff: string;
  notes: readonly string[];
  write(): Promise<void>;
}

export abstract class ChangeCommand extends PdcCommand {
  static override formats: readonly OutputFormat[] = ["table", "plain", "json"];

  static override baseFlags = {
    ...PdcCommand.baseFlags,
    yes: Flags.boolean({ char: "y", description: "write without asking" }),
    "dry-run": Flags.boolean({ char: "n", description: "only show the diff" }),
  };

  /** Shows the diff, asks (or takes --yes), writes. Exit code 26 when somebody says no. */
  protected async carryOut(
    schema: string,
    plan: PlannedChange,
    flags: { yes: boolean; "dry-run": boolean },
  ): Promise<void> {
    const isJson = this.format === "json";
    const isEmpty = plan.changes.length === 0;
    const text = isEmpty ? "Nothing changes.\n" : plan.diff;
    if (!isJson) {
      await this.present({ schema, data: undefined, text });
      for (const note of plan.notes) this.progress(note);
    }
    const files = plan.changes.length === 1 ? plan.changes[0]!.path : `${plan.changes.length} files`;
    const isAgreed =
      !isEmpty && !flags["dry-run"] && (await this.confirm(`Write ${files}?`, { yes: flags.yes }));
    if (isAgreed) await plan.write();
    const isDeclined = !isEmpty && !flags["dry-run"] && !isAgreed;
    if (isJson) {
      const changes = plan.changes.map(({ path, diff }) => ({ path, diff }));
      await this.present({
        schema,
        data: { written: isAgreed, changes, notes: plan.notes },
        exitCode: isDeclined ? exitCodes.changesPending : 0,
      });
    } else if (isAgreed) this.progress(`wrote ${files}`);
    else if (isDeclined) {
      this.progress("nothing was written");
      process.exitCode = exitCodes.changesPending;
    }
  }
}
