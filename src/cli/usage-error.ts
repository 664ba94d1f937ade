/** What oclif says of a wrong command line, said as pdc says things: what is wrong, and what to write instead. */
import { stripVTControlCharacters } from "node:util";
import type { Config } from "@oclif/core";
import { exitCodes } from "./exit-codes.ts";
import { nearest } from "./near.ts";

/** An error of usage (exit code 2). */
export class UsageError extends Error {
  readonly code: string;
  readonly exitCode = exitCodes.usage;
  readonly fix: string;
  constructor(message: string, fix: string, code = "usage") {
    super(message);
    this.fix = fix;
    this.code = code;
  }
}

interface OclifError {
  message: string;
  /** Of a missing or an unexpected argument. */
  args?: readonly (string | { name: string; description?: string })[];
  /** Unknown flags, as they were typed. */
  flags?: readonly string[];
  suggestions?: readonly string[];
}

/**
 * @param error what oclif threw
 * @param id of the command that was found ("agency:show"), or undefined
 */
export async function usageError(error: OclifError, config: Config, id?: string): Promise<UsageError> {
  const command = id === undefined ? undefined : config.findCommand(id);
  const help = id === undefined ? "pdc --help" : `pdc ${id.replaceAll(":", " ")} --help`;
  const message = stripVTControlCharacters(error.message).replace(/\n?See more help with --help$/u, "");
  const told = await reworded({ ...error, message }, Object.keys(command?.flags ?? {}));
  return new UsageError(
    told.message,
    told.fix ?? error.suggestions?.[0] ?? `\`${help}\` says how it is used`,
  );
}

async function reworded(
  { message, args, flags }: OclifError,
  known: readonly string[],
): Promise<{ message: string; fix?: string | undefined }> {
  if (flags && message.startsWith("Nonexistent flag")) {
    const near = await nearest(
      flags[0] ?? "",
      known.map((name) => `--${name}`),
    );
    return {
      message: `unknown ${flags.length === 1 ? "flag" : "flags"} ${flags.join(", ")}`,
      fix: near && `did you mean ${near}?`,
    };
  }
  if (args && message.startsWith("Missing")) {
    return {
      message: args
        .map((one) =>
          typeof one === "string"
            ? `${one.toUpperCase()} is missing`
            : `${one.name.toUpperCase()} is missing: ${one.description ?? ""}`,
        )
        .join("; "),
    };
  }
  if (args && message.startsWith("Unexpected argument")) return { message: unexpected(args.map(String)) };
  const option = /^Expected (?:--(?<flag>[\w-]+)=)?(?<typed>[\s\S]*) to be one of: (?<options>.+)$/u.exec(
    message,
  );
  if (option?.groups) {
    const { flag, typed = "", options = "" } = option.groups;
    const near = await nearest(typed, options.split(", "));
    return {
      message: `${flag ? `--${flag} ` : ""}${typed}: not one of ${options}`,
      fix: near && `did you mean ${near}?`,
    };
  }
  const integer = /^Parsing --([\w-]+) \n\tExpected an integer(?: (.+?))? but received: ([\s\S]*)$/u.exec(
    message,
  );
  if (integer) {
    const bound = integer[2]
      ?.replace("greater than or equal to", "at least")
      .replace("less than or equal to", "at most");
    return {
      message: bound
        ? `--${integer[1]} ${integer[3]}: must be ${bound}`
        : `--${integer[1]} ${integer[3]}: not a whole number`,
    };
  }
  const parsing = /^Parsing --([\w-]+) \n\t([\s\S]*)$/u.exec(message);
  if (parsing) return { message: `--${parsing[1]}: ${parsing[2]}` };
  if (/^Flag --\S+ expects a value$/u.test(message))
    return { message: message.replace(/^Flag (--\S+) expects a value$/u, "$1 needs a value") };
  if (/^The following errors? occurred:/u.test(message)) return { message: constraints(message) };
  return { message };
}

/** Several reasons of one command line, in one line; flags that are missing are told together. */
function constraints(message: string): string {
  const reasons = message
    .split("\n")
    .slice(1)
    .map((reason) => reason.trim());
  const missing = reasons.flatMap((reason) => /^Missing required flag (.+)$/u.exec(reason)?.[1] ?? []);
  const others = reasons
    .filter((reason) => reason !== "" && !reason.startsWith("Missing required flag "))
    .map((reason) =>
      reason
        .replace(/^Exactly one of the following must be provided: (.+)$/u, "one of $1 must be given")
        .replace(/^All of the following must be provided when using (--\S+): (.+)$/u, "$1 needs $2")
        .replace(
          /^(--[\w-]+)(?:=\S+)? cannot also be provided when using (--\S+)$/u,
          "$2 and $1 exclude each other",
        ),
    );
  return [
    ...(missing.length > 0 ? [`${missing.map((name) => `--${name}`).join(", ")} must be given`] : []),
    ...others,
  ].join("; ");
}

function unexpected(words: readonly string[]): string {
  return `unexpected ${words.length === 1 ? "argument" : "arguments"}: ${words.join(" ")}`;
}

/** A command line whose command is not there, before oclif answers it with ids of its own; undefined when it is. */
export async function unknownCommand(
  config: Config,
  argv: readonly string[],
  wantsJson: boolean,
): Promise<UsageError | undefined> {
  const flagAt = argv.findIndex((argument) => argument.startsWith("-"));
  const words = flagAt === -1 ? argv : argv.slice(0, flagAt);
  if (words.length === 0) {
    if (argv[0] === undefined || ["--help", "-h", "--version"].includes(argv[0])) return undefined;
    return new UsageError(
      `a command comes before ${argv[0]}`,
      "write it as `pdc TOPIC COMMAND --flag`; `pdc --help` lists the commands",
    );
  }
  if (words[0] === "help") return undefined;
  for (let length = words.length; length > 0; length--) {
    const id = words.slice(0, length).join(":");
    const command = config.findCommand(id);
    const next = words[length];
    if (command) {
      const takesNone = Object.keys(command.args).length === 0 && command.strict !== false;
      return next !== undefined && takesNone
        ? new UsageError(
            unexpected(words.slice(length)),
            `\`pdc ${words.slice(0, length).join(" ")} --help\` says how it is used`,
          )
        : undefined;
    }
    if (!config.findTopic(id)) continue;
    if (next !== undefined) return notFound(config, words.slice(0, length + 1).join(" "));
    return wantsJson
      ? new UsageError(
          `pdc ${id.replaceAll(":", " ")}: which command?`,
          `\`pdc ${id.replaceAll(":", " ")} --help\` lists them`,
        )
      : undefined;
  }
  return notFound(config, words.slice(0, 2).join(" "));
}

async function notFound(config: Config, asked: string): Promise<UsageError> {
  const near = await nearestCommand(config, asked);
  return new UsageError(
    `unknown command: pdc ${asked}`,
    near ? `did you mean \`pdc ${near}\`?` : "`pdc --help` lists the commands",
    "unknown-command",
  );
}

/** The command or topic nearest to what was typed: one of as many words, when there is one. */
export async function nearestCommand(config: Config, asked: string): Promise<string | undefined> {
  const names = [
    ...config.commands.filter(({ hidden }) => !hidden).map(({ id }) => id),
    ...config.topics.filter(({ hidden }) => !hidden).map(({ name }) => name),
  ].map((id) => id.replaceAll(":", " "));
  const sameLength = names.filter((name) => name.split(" ").length === asked.split(" ").length);
  return nearest(asked, sameLength.length > 0 ? sameLength : names);
}
