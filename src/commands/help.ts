import { Args } from "@oclif/core";
import { PdcCommand } from "../cli/base-command.ts";
import { exitCodes } from "../cli/exit-codes.ts";
import { helpTopics } from "../cli/help-topics.ts";
import { nearest } from "../cli/near.ts";
import { nearestCommand } from "../cli/usage-error.ts";

export default class Help extends PdcCommand {
  static override summary = "Show help for a command, or on exit-codes, environment or output";
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json"];
  static override examples = ["<%= config.bin %> help report wan", "<%= config.bin %> help exit-codes"];
  static override args = { subject: Args.string({ description: "command or topic", required: false }) };
  static override strict = false;

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    const words = argv as string[];
    const topic = words.length === 1 && words[0] !== undefined ? helpTopics[words[0]] : undefined;
    if (topic)
      return this.present({ schema: "pdc.help/1", data: { topic: words[0], text: topic() }, text: topic() });
    const id = words.join(":");
    if (id !== "" && !this.config.findCommand(id) && !this.config.findTopic(id)) {
      const near =
        (await nearest(words.join(" "), Object.keys(helpTopics))) ??
        (await nearestCommand(this.config, words.join(" ")));
      this.error(`no help on ${words.join(" ")}`, {
        exit: exitCodes.usage,
        suggestions: [
          near
            ? `did you mean \`pdc help ${near}\`?`
            : `topics: ${Object.keys(helpTopics).join(", ")}; commands: pdc --help`,
        ],
      });
    }
    const { helpText } = await import("../cli/help-class.ts");
    const text = await helpText(this.config, words);
    await this.present({ schema: "pdc.help/1", data: { topic: words.join(" "), text }, text });
  }
}
