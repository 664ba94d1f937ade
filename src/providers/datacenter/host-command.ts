/** `pdc:host:Command`: a program run on this host when it is created, changed or destroyed. No shell is involved. */
import { randomBytes } from "node:crypto";
import { execa } from "execa";
import type { PropertyMap } from "../../engine/properties/values.ts";
import type { CallContext, ResourceType } from "./resource-type.ts";

/** What is kept of stdout and of stderr; a command that says more gives it to a file. */
const MAX_OCTETS = 256 * 1024;

const argv = (value: string[]) => (value.length === 0 || value[0] === "" ? "must name a program" : undefined);

export const hostCommand: ResourceType = {
  description: "A program run on this host; arguments are given as a list, without a shell",
  rules: {
    create: {
      type: "string[]",
      description: "program and arguments at creation",
      required: true,
      problem: argv,
    },
    update: {
      type: "string[]",
      description: "when something but `triggers` changed (default: `create` again)",
      problem: argv,
    },
    delete: { type: "string[]", description: "at destruction (default: nothing)", problem: argv },
    directory: { type: "string", description: "working directory" },
    environment: {
      type: "string map",
      description: "added to PATH, HOME and LANG; secrets go here or into `stdin`",
    },
    stdin: { type: "string", description: "standard input" },
    triggers: { type: "any", description: "a change runs it anew as another object", replaces: true },
    timeoutSeconds: {
      type: "number",
      description: "limit of one run",
      default: 300,
      problem: (seconds: number) => (seconds > 0 ? undefined : "must be above 0"),
    },
  },
  outputs: {
    stdout: { type: "string", description: "standard output of the last run" },
    stderr: { type: "string", description: "standard error of the last run" },
  },

  async create(name, inputs, context) {
    const outputs = await runProgram(inputs.create as string[], inputs, context);
    return { id: `${name}-${randomBytes(4).toString("hex")}`, outputs: { ...inputs, ...outputs } };
  },

  async read(_id, inputs, outputs) {
    // What a command did cannot be looked at; its resource is what its last run said.
    return { inputs, outputs };
  },

  async update(_id, _olds, news, context) {
    return { ...news, ...(await runProgram((news.update ?? news.create) as string[], news, context)) };
  },

  async delete(_id, inputs, _outputs, context) {
    if (inputs.delete) await runProgram(inputs.delete as string[], inputs, context);
  },
};

async function runProgram(
  [program = "", ...args]: string[],
  inputs: PropertyMap,
  { signal }: CallContext,
): Promise<PropertyMap> {
  const { PATH, HOME, LANG } = process.env;
  const result = await execa(program, args, {
    ...(inputs.directory !== undefined && { cwd: inputs.directory as string }),
    env: { PATH, HOME, LANG, ...(inputs.environment as Record<string, string> | undefined) },
    extendEnv: false,
    input: (inputs.stdin as string | undefined) ?? "",
    timeout: ((inputs.timeoutSeconds as number | undefined) ?? 300) * 1000,
    maxBuffer: MAX_OCTETS,
    cancelSignal: signal,
    forceKillAfterDelay: 5_000,
    reject: false,
  });
  if (result.failed) {
    // Arguments may hold what only the program should see: the error names it, and what it said last.
    const why = result.isCanceled
      ? "was stopped"
      : result.timedOut
        ? `did not end within ${inputs.timeoutSeconds ?? 300} s`
        : result.isMaxBuffer
          ? `said more than ${MAX_OCTETS} octets`
          : result.exitCode === undefined
            ? `could not be run (${result.code ?? result.signal ?? "unknown"})`
            : `ended with ${result.exitCode}`;
    const said = (result.stderr || result.stdout || "").trim().split("\n").slice(-5).join("\n");
    throw new Error(`${program} ${why}${said ? `:\n${said}` : ""}`);
  }
  return { stdout: result.stdout, stderr: result.stderr };
}
