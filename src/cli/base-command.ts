/** What every command shares: flags, formats, the inventory's place, signals, and how results and errors come out. */
import { Command, Flags, type Interfaces } from "@oclif/core";
import { terminalLines } from "../report/encode.ts";
import { type Context, loadContext } from "./context.ts";
import { errorLines } from "./error-lines.ts";
import { exitCodes } from "./exit-codes.ts";
import { type OutputFormat, type Presentation, render } from "./present.ts";
import { painter, write } from "./terminal.ts";
import { writeFileWhole } from "./write-file.ts";

/** oclif gives a repeatable flag that comes from the environment as a text: it is a list of one. */
function makeLists(values: Record<string, unknown>, flags: Record<string, object>): void {
  for (const [name, flag] of Object.entries(flags)) {
    const value = values[name];
    if ("multiple" in flag && flag.multiple && typeof value === "string") values[name] = [value];
  }
}

export abstract class PdcCommand extends Command {
  /** Formats this command can give; the first two are chosen by whether stdout is a terminal. */
  static formats: readonly OutputFormat[] = ["table", "plain", "csv", "json", "ndjson"];

  /** A service for which SIGHUP means: read the configuration again. For all others the terminal is gone. */
  static rereadsOnHangUp = false;

  static override baseFlags = {
    inventory: Flags.string({
      char: "i",
      description: "directory of the province's inventory",
      env: "PDC_INVENTORY",
      helpGroup: "GLOBAL",
      helpValue: "DIR",
    }),
    output: Flags.string({
      char: "o",
      description: "format of the result",
      env: "PDC_OUTPUT",
      helpGroup: "GLOBAL",
      helpValue: "FORMAT",
    }),
    json: Flags.boolean({ description: "short for --output json", env: "PDC_JSON", helpGroup: "GLOBAL" }),
    file: Flags.string({
      description: "write the result to this file",
      helpGroup: "GLOBAL",
      helpValue: "PATH",
    }),
    quiet: Flags.boolean({
      char: "q",
      description: "no progress, no hints",
      env: "PDC_QUIET",
      helpGroup: "GLOBAL",
    }),
    verbose: Flags.boolean({
      char: "v",
      description: "causes of errors",
      env: "PDC_VERBOSE",
      helpGroup: "GLOBAL",
    }),
    "no-color": Flags.boolean({ description: "no colours (also NO_COLOR)", helpGroup: "GLOBAL" }),
    "no-input": Flags.boolean({ description: "never ask", env: "PDC_NO_INPUT", helpGroup: "GLOBAL" }),
  };

  #base: {
    output?: string | undefined;
    json?: boolean;
    file?: string | undefined;
    quiet?: boolean;
    verbose?: boolean;
    inventory?: string | undefined;
    "no-input"?: boolean;
  } = {};
  /** Whether a flag named it; the environment's has a lower rank and another origin. */
  #namesInventory = false;
  #context: Context | undefined;
  readonly #abort = new AbortController();

  /** Aborted by the first Ctrl-C or SIGTERM; the second one leaves at once. */
  protected get signal(): AbortSignal {
    return this.#abort.signal;
  }

  override async init(): Promise<void> {
    await super.init();
    for (const [signal, exitCode] of [
      ["SIGINT", exitCodes.interrupted],
      ["SIGTERM", exitCodes.terminated],
      ["SIGHUP", exitCodes.terminated],
    ] as const) {
      if (signal === "SIGHUP" && (this.constructor as typeof PdcCommand).rereadsOnHangUp) {
        // One that comes before the service listens must not end it: the configuration is being read anyway.
        process.on(signal, () => {});
        continue;
      }
      let count = 0;
      process.on(signal, () => {
        process.exitCode = exitCode;
        count++;
        if (count === 1) this.#abort.abort(new DOMException("interrupted", "AbortError"));
        else this.stopAgain(count, exitCode);
      });
    }
  }

  /** What the second Ctrl-C does: leave at once. Overridden where something must be recorded first. */
  protected stopAgain(_count: number, exitCode: number): void {
    process.exit(exitCode);
  }

  protected override async parse<
    F extends Interfaces.OutputFlags<F>,
    B extends Interfaces.OutputFlags<B>,
    A extends Interfaces.OutputArgs<A>,
  >(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    // oclif fills a missing argument from stdin; our commands read stdin only where they say so.
    for (const argument of Object.values((this.constructor as typeof PdcCommand).args))
      argument.ignoreStdin = true;
    const parsed = await super.parse(options, argv);
    const { flags: own, baseFlags } = this.constructor as typeof PdcCommand;
    makeLists(parsed.flags, { ...baseFlags, ...own });
    this.#base = parsed.flags as unknown as typeof this.base;
    this.#namesInventory = parsed.raw.some((token) => token.type === "flag" && token.flag === "inventory");
    const formats = (this.constructor as typeof PdcCommand).formats;
    if (this.#base.output !== undefined && !formats.includes(this.#base.output as OutputFormat)) {
      this.error(`--output ${this.#base.output}: this command gives ${formats.join(", ")}`, {
        exit: exitCodes.usage,
        ...(!parsed.raw.some((token) => token.type === "flag" && token.flag === "output") && {
          suggestions: ["PDC_OUTPUT names it; name another with --output"],
        }),
      });
    }
    return parsed;
  }

  /** The shared flags, after `parse`. */
  protected get base() {
    return this.#base;
  }

  /** The format asked for: --json, --output, or by whether stdout is a terminal. */
  protected get format(): OutputFormat {
    if (this.#base.json) return "json";
    if (this.#base.output) return this.#base.output as OutputFormat;
    const formats = (this.constructor as typeof PdcCommand).formats;
    const fallback = process.stdout.isTTY || !formats.includes("plain") ? "table" : "plain";
    return formats.includes(fallback) ? fallback : (formats[0] ?? "table");
  }

  /** Directories and settings: flag, then environment, then pdc.yaml, then the user's configuration. */
  protected async context(): Promise<Context> {
    this.#context ??= await loadContext({
      inventory: this.#namesInventory ? this.#base.inventory : undefined,
    });
    return this.#context;
  }

  /** Where the inventory is, or an error (22) that says how to name or make one. */
  protected async inventoryDirectory(): Promise<string> {
    return (await this.context()).inventoryDirectory();
  }

  /** Writes the result in the asked format to stdout or `--file`, its warnings to stderr, and sets the exit code. */
  protected async present(given: Presentation): Promise<void> {
    // What was interrupted says so, whatever it found until then.
    const presentation = this.signal.aborted ? { ...given, exitCode: Number(process.exitCode) } : given;
    const text = await render(presentation, this.format);
    if (presentation.exitCode) process.exitCode = presentation.exitCode;
    if (this.#base.file) {
      await writeFileWhole(this.#base.file, text, given.isSecret ? { mode: 0o600 } : {});
      this.progress(`wrote ${this.#base.file}`);
    } else if (typeof text === "string") {
      await write(process.stdout, text);
    } else {
      process.stdout.write(text);
    }
    const paint = painter(process.stderr);
    for (const warning of presentation.warnings ?? [])
      await write(process.stderr, `${paint("yellow", "warning:")} ${terminalLines(warning)}\n`);
    if (this.format !== "json" && presentation.errors?.length)
      await write(process.stderr, `${errorLines(presentation.errors).join("\n")}\n`);
  }

  /** A line of progress on stderr; nothing with --quiet. What others wrote into it (a device, a receiver) moves no cursor. */
  protected progress(line: string): void {
    if (!this.#base.quiet) process.stderr.write(`${terminalLines(line)}\n`);
  }

  /**
   * Whether a person agrees. `--yes` agrees; a pipe or --no-input never does: usage error naming `--yes`.
   * With `word`, the person must type it (for what cannot be undone).
   */
  protected async confirm(question: string, options: { yes: boolean; word?: string }): Promise<boolean> {
    if (options.yes) return true;
    if (!process.stdin.isTTY || !process.stderr.isTTY || this.#base["no-input"]) {
      this.error(`${question} Nobody can be asked here: repeat with --yes.`, { exit: exitCodes.usage });
    }
    const { createInterface } = await import("node:readline/promises");
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = (
        await reader.question(`${question} ${options.word ? `Type ${options.word} to go on: ` : "[y/N] "}`, {
          signal: this.signal,
        })
      ).trim();
      return options.word ? answer === options.word : /^y(es)?$/i.test(answer);
    } finally {
      reader.close();
    }
  }

  /** A secret typed by a person, not echoed. Only where `stdin` is a terminal. */
  protected async askSecret(question: string): Promise<string> {
    const { readSecretLine } = await import("./read-stdin.ts");
    return readSecretLine(question, this.signal);
  }

  /** Errors are told in one place (main.ts), so that every command fails alike. */
  protected override catch(error: unknown): Promise<never> {
    throw error;
  }
}
