/** Help as pdc writes it: usage without the flags that every command has, and the formats that this command gives. */
import { type Command, CommandHelp, Help, type Interfaces } from "@oclif/core";

class PdcCommandHelp extends CommandHelp {
  constructor(command: Command.Loadable, config: Interfaces.Config, options: Interfaces.HelpOptions) {
    // Commands that split their own arguments are not strict; their arguments still come one by one.
    super({ ...command, flags: named(command), strict: true }, config, options);
  }

  /** The summary stands at the top already. */
  protected override description(): string | undefined {
    return this.command.description ? this.wrap(this.command.description) : undefined;
  }

  protected override usage(): string {
    const all = this.command.flags;
    this.command.flags = Object.fromEntries(
      Object.entries(all).filter(([, flag]) => flag.helpGroup !== "GLOBAL"),
    );
    try {
      return super.usage();
    } finally {
      this.command.flags = all;
    }
  }
}

/** The flags, each with a word for its value, and --output with the formats of the command. */
function named(command: Command.Loadable): Command.Loadable["flags"] {
  const { formats } = command as { formats?: readonly string[] };
  return Object.fromEntries(
    Object.entries(command.flags).map(([name, flag]) => {
      if (flag.type !== "option") return [name, flag];
      const helpValue = flag.helpValue ?? (flag.options ? undefined : name.toUpperCase());
      const description = name === "output" && formats ? `format: ${formats.join(", ")}` : flag.description;
      return [name, { ...flag, ...(helpValue && { helpValue }), ...(description && { description }) }];
    }),
  );
}

class PdcHelp extends Help {
  readonly lines: string[] = [];
  protected override CommandHelpClass = PdcCommandHelp;

  protected override log(...words: string[]): void {
    this.lines.push(words.join(" "));
  }
}

/** What `--help` says of a command line. */
export async function helpText(config: Interfaces.Config, argv: readonly string[]): Promise<string> {
  const help = new PdcHelp(config);
  await help.showHelp([...argv]);
  return `${help.lines.join("\n").trimEnd()}\n`;
}
