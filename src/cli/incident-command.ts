/** What the commands that say something of an incident share. */
import { Args, Flags } from "@oclif/core";
import type { AnnotatedIncident } from "../health/incident/people.ts";
import { PdcCommand } from "./base-command.ts";
import type { OutputFormat } from "./present.ts";

export const storesFlag = Flags.string({
  description:
    "file of the samples; repeatable, for pollers that share the province [default: samples.db in the state directory]",
  env: "PDC_STORE",
  helpValue: "PATH",
  multiple: true,
});

export const incidentArgument = Args.string({
  description: "id, the beginning of one, or the link or device it is about",
  required: true,
});

export abstract class AnnotateCommand extends PdcCommand {
  static override formats: readonly OutputFormat[] = ["table", "plain", "json"];

  static override baseFlags = {
    ...PdcCommand.baseFlags,
    by: Flags.string({ description: "who says so [default: the user]", helpValue: "NAME" }),
    store: storesFlag,
  };

  /** Where the incident is looked for, and the inventory that says what belongs together. */
  protected async place() {
    const { stateDirectory, cacheDirectory } = await this.context();
    return { stateDirectory, inventory: { directory: await this.inventoryDirectory(), cacheDirectory } };
  }

  /** Shows what was recorded. */
  protected async told(schema: string, found: AnnotatedIncident, sentence: string): Promise<void> {
    await this.present({ schema, data: found, text: `${sentence}\n` });
  }
}
