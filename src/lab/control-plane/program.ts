/** One program of the control plane as a child process that ends with its owner. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

export interface ProgramStart {
  name: string;
  path: string;
  args: readonly string[];
  /** What it says is appended here. */
  logPath: string;
}

export interface RunningProgram {
  readonly name: string;
  readonly processId: number;
  /** Resolves when it has ended, with what its end was. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  /** Ends it at once, as a power cut would; resolves when it is gone. */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
/** Linux ends it with the owner even when the owner is killed; elsewhere only an orderly end of the owner does. */
const withOwner = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"];
const complaintLines = 6;

/** Starts it. @throws when it cannot be started at all; that it ends soon is told by `ended`. */
export async function startProgram({ name, path, args, logPath }: ProgramStart): Promise<RunningProgram> {
  const prefix = existsSync(withOwner[0] ?? "") ? withOwner : [];
  const [command = path, ...rest] = [...prefix, path, ...args];
  const log = openSync(logPath, "a", 0o600);
  const child = spawn(command, rest, {
    stdio: ["ignore", log, log],
    env: programEnvironment(dirname(logPath)),
  });
  closeSync(log);
  running.add(child);
  const ended = new Promise<string>((resolve) => {
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve(`${name} ended ${signal === null ? `with code ${code}` : `by ${signal}`}`);
    });
  });
  await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    name,
    processId: child.pid ?? 0,
    ended,
    hasEnded,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Proxies of the user's are not for loopback; some programs keep files below HOME. Nothing else concerns them. */
function programEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? "", HOME: home, NO_PROXY: "*" };
}

/** The last lines of a log, for an error. */
export function lastLines(logPath: string): string {
  try {
    return readFileSync(logPath, "utf8").trim().split("\n").slice(-complaintLines).join("\n");
  } catch {
    return "";
  }
}
