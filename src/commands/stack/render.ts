import { Args, Flags } from "@oclif/core";
import { StackCommand, stackFlags } from "../../cli/stack-command.ts";

export default class StackRender extends StackCommand {
  static override summary = "Write the Kubernetes manifests of a stack as files";
  static override description =
    "One file an object, a folder a system, for review, GitOps or an apply without pdc. The same inventory gives the same files. Secrets are not in them: their files name the credentials. Files that somebody else wrote or changed are never overwritten.";
  static override examples = [
    "<%= config.bin %> stack render platform --stack training --dir manifests/training",
    "kubectl diff -R -f manifests/training",
  ];
  static override formats: typeof StackCommand.formats = ["table", "plain", "json"];
  static override args = { name: Args.string({ description: "stack of the toolkit", default: "platform" }) };
  static override flags = {
    stack: stackFlags.stack,
    dir: Flags.string({ description: "where the files go", required: true, helpValue: "DIR" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackRender);
    const { renderStack } = await import("../../actions/stack/render.ts");
    const { data, text } = await renderStack({
      name: args.name,
      environment: flags.stack,
      inventoryDirectory: await this.inventoryDirectory(),
      directory: flags.dir,
    });
    await this.present({ schema: "pdc.stack.render/1", data, text });
  }
}
