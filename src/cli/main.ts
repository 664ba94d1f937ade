/** Runs one command line: the only place that turns errors into words and exit codes. */
import { Config, run } from "@oclif/core";
import { terminalLines } from "../report/encode.ts";
import { errorLines } from "./error-lines.ts";
import { envelope } from "./present.ts";
import { endQuietlyOnClosedPipe, write } from "./terminal.ts";
import { isUsageError, tell } from "./told-error.ts";
import { unknownCommand, usageError } from "./usage-error.ts";

/** @param root the folder of package.json */
export async function main(argv: readonly string[], root: string): Promise<void> {
  endQuietlyOnClosedPipe();
  const wanted = argv.filter((argument) => argument !== "--no-color");
  let config: Config | undefined;
  try {
    // Plugins of the user would be looked for in a home directory that services may not read.
    config = await Config.load({ root, userPlugins: false, devPlugins: false, jitPlugins: false });
    config.pjson.oclif.additionalHelpFlags = ["-h"];
    const unknown = await unknownCommand(config, wanted, wantsJson(argv));
    if (unknown) throw unknown;
    if (wantsHelp(config, wanted)) {
      const { helpText } = await import("./help-class.ts");
      await write(process.stdout, await helpText(config, wanted));
    } else {
      await run([...wanted], config);
    }
  } catch (error) {
    const told =
      config && isUsageError(error) ? await usageError(error, config, commandOf(config, wanted)) : error;
    await fail(told, error, argv);
  }
}

/** Flags and arguments of the command, before a `--` of its own. */
function beforeDashes(argv: readonly string[]): readonly string[] {
  return argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
}

/** No command, a topic without one, or --help anywhere. */
function wantsHelp(config: Config, argv: readonly string[]): boolean {
  if (beforeDashes(argv).some((argument) => argument === "--help" || argument === "-h")) return true;
  return commandOf(config, argv) === undefined && argv[0]?.startsWith("-") !== true;
}

function wantsJson(argv: readonly string[]): boolean {
  const own = beforeDashes(argv);
  return (
    own.includes("--json") ||
    process.env.PDC_OUTPUT === "json" ||
    own.some(
      (argument, index) =>
        argument === "--output=json" ||
        argument === "-ojson" ||
        (["--output", "-o"].includes(own[index - 1] ?? "") && argument === "json"),
    )
  );
}

function commandOf(config: Config, argv: readonly string[]): string | undefined {
  for (let length = argv.length; length > 0; length--) {
    const id = argv.slice(0, length).join(":");
    if (config.findCommand(id)) return id;
  }
  return undefined;
}

async function fail(error: unknown, cause: unknown, argv: readonly string[]): Promise<void> {
  // `--help` and `this.exit(n)` end a command by throwing oclif's ExitError.
  const exit =
    (error as { oclif?: { exit?: number }; code?: string }).code === "EEXIT"
      ? (error as { oclif: { exit: number } }).oclif.exit
      : undefined;
  if (exit !== undefined) {
    process.exitCode ??= exit;
    return;
  }
  const told = tell(error);
  process.exitCode = process.exitCode || told.exitCode;
  if (wantsJson(argv)) {
    await write(
      process.stdout,
      envelope({ schema: "pdc.error/1", data: null, exitCode: told.exitCode, errors: told.errors }),
    );
    return;
  }
  const lines = errorLines(told.errors);
  if (told.isBug) lines.push("", "This is a bug in pdc. Repeat with --verbose for the details to report.");
  if (beforeDashes(argv).some((argument) => argument === "--verbose" || argument === "-v")) {
    for (let one: unknown = cause; one instanceof Error; one = one.cause)
      lines.push(terminalLines(one.stack ?? one.message));
  }
  await write(process.stderr, `${lines.join("\n")}\n`);
}
