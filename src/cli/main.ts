/** Runs one command line: the only place that turns errors into words and exit codes. */
import { Config, run } from "@oclif/core";
import { terminalLines } from "../report/encode.ts";
import { exitCodes } from "./exit-codes.ts";
import { envelope } from "./present.ts";
import { endQuietlyOnClosedPipe, painter, write } from "./terminal.ts";
import { tell } from "./told-error.ts";

/** @param root the folder of package.json */
export async function main(argv: readonly string[], root: string): Promise<void> {
  endQuietlyOnClosedPipe();
  const wanted = argv.filter((argument) => argument !== "--no-color");
  try {
    const config = await Config.load({ root });
    const unknown = await unknownCommand(config, wanted);
    if (unknown) throw unknown;
    await run([...wanted], config);
  } catch (error) {
    await fail(error, argv);
  }
}

async function fail(error: unknown, argv: readonly string[]): Promise<void> {
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
  const beforeDashes = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const output = beforeDashes.some(
    (argument, index) =>
      argument === "--output=json" ||
      (["--output", "-o"].includes(beforeDashes[index - 1] ?? "") && argument === "json"),
  );
  if (beforeDashes.includes("--json") || output || process.env.PDC_OUTPUT === "json") {
    await write(
      process.stdout,
      envelope({ schema: "pdc.error/1", data: null, exitCode: told.exitCode, errors: told.errors }),
    );
    return;
  }
  const paint = painter(process.stderr);
  const lines = told.errors.flatMap(({ target, message, fix }) => [
    `${paint(["red", "bold"], "error:")} ${target ? `${terminalLines(target)}: ` : ""}${terminalLines(message)}`,
    ...(fix ? [`  ${paint("cyan", "hint:")} ${terminalLines(fix)}`] : []),
  ]);
  if (told.isBug) lines.push("", "This is a bug in pdc. Repeat with --verbose for the details to report.");
  if (beforeDashes.includes("--verbose") || beforeDashes.includes("-v")) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
      lines.push(terminalLines(cause.stack ?? cause.message));
  }
  await write(process.stderr, `${lines.join("\n")}\n`);
}

/** oclif answers a typo with a stack of its own; ours names the nearest command. */
async function unknownCommand(config: Config, argv: readonly string[]): Promise<Error | undefined> {
  const words: string[] = [];
  for (const argument of argv) {
    if (argument.startsWith("-")) break;
    words.push(argument);
  }
  if (words.length === 0 || words[0] === "help") return undefined;
  for (let length = words.length; length > 0; length--) {
    const id = words.slice(0, length).join(":");
    if (config.findCommand(id)) return undefined;
    if (config.findTopic(id)) {
      const next = words[length];
      return next === undefined ? undefined : await notFound(config, words.slice(0, length + 1).join(" "));
    }
  }
  return await notFound(config, words.slice(0, 2).join(" "));
}

async function notFound(config: Config, asked: string): Promise<Error> {
  const { closest, distance } = await import("fastest-levenshtein");
  const names = [
    ...config.commandIDs,
    ...config.topics.filter(({ hidden }) => !hidden).map(({ name }) => name),
  ].map((id) => id.replaceAll(":", " "));
  const sameLength = names.filter((name) => name.split(" ").length === asked.split(" ").length);
  const near = closest(asked, sameLength.length > 0 ? sameLength : names);
  const isNear = near !== undefined && distance(asked, near) <= Math.max(2, Math.floor(asked.length / 3));
  return Object.assign(new Error(`unknown command: pdc ${asked}`), {
    code: "unknown-command",
    exitCode: exitCodes.usage,
    fix: isNear ? `did you mean \`pdc ${near}\`?` : "`pdc --help` lists the commands",
  });
}
