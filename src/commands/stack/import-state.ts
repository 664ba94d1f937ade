import { readFile } from "node:fs/promises";
import { Args, Flags } from "@oclif/core";
import { readPipe } from "../../cli/read-stdin.ts";
import { StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

/** Ten thousand resources are about 30 MB. */
const maxStateOctets = 512 * 1024 * 1024;

export default class StackImportState extends StackCommand {
  static override summary = "Replace the state of a stack by an exported one";
  static override examples = ["<%= config.bin %> stack import-state host state.json --yes"];
  static override args = {
    ...stackArgs,
    path: Args.string({ description: "file of `stack export`; - is stdin", required: false }),
  };
  static override strict = false;
  static override flags = {
    ...stackFlags,
    yes: Flags.boolean({ char: "y", description: "do it without asking", env: "PDC_YES" }),
    force: Flags.boolean({ description: "also when it is another stack's, or its references do not hold" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(StackImportState);
    const { name: stackName, values } = this.split(argv, flags, ["path?"]);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(stackName, flags), {
      needsProgram: false,
    });
    const text =
      values.path === undefined || values.path === "-"
        ? await readPipe(maxStateOctets)
        : await readFile(values.path, "utf8");
    const name = `${target.project}/${target.stack}`;
    if (!(await this.confirm(`This replaces the state of ${name}.`, { yes: flags.yes, word: name })))
      return this.declined();
    await engine.importState(target, text, { force: flags.force });
    await this.present({
      schema: "pdc.stack.import-state/1",
      data: { project: target.project, stack: target.stack },
      text: `the state of ${name} is replaced`,
    });
  }
}
