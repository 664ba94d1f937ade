/** A program of the center's own (an SMS modem, a ticket system): the message on its stdin. Starts a process. */
import { spawn } from "node:child_process";
import { oneLine } from "../clean-text.ts";
import type { Delivery } from "../outbox.ts";
import type { AlertChannel, AlertMessage } from "../types.ts";

type CommandChannel = Extract<AlertChannel, { kind: "command" }>;

const MOST_STDERR = 500;
/** sysexits.h: the input was wrong; the program will not take it the next time either. */
const EX_DATAERR = 65;

/**
 * Runs the program as it stands in the file: no shell, and nothing of the message among its arguments. It gets the
 * message as JSON with `subject` and `text`; exit 0 is delivered, 65 refused, everything else tried again.
 */
export function runCommand(
  { command, timeoutMs }: CommandChannel,
  message: AlertMessage,
  directory: string,
): Promise<Delivery> {
  const [program, ...args] = command as [string, ...string[]];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: directory,
      stdio: ["pipe", "ignore", "pipe"],
      detached: true,
      env: { ...process.env, PDC_ALERT_ID: message.id, PDC_ALERT_SEVERITY: message.severity },
    });
    let stderr = "";
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      killGroup(child.pid);
    }, timeoutMs);
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < MOST_STDERR) stderr += chunk.toString();
    });
    const fail = (error: string, refused = false) => {
      clearTimeout(timer);
      const said = oneLine(stderr).trim().slice(0, MOST_STDERR);
      resolve({ ok: false, refused, error: [`${program}: ${error}`, said].filter(Boolean).join(": ") });
    };
    child.on("error", (error: NodeJS.ErrnoException) => fail(`cannot be started (${error.code})`));
    child.on("close", (status, signal) => {
      if (isLate) return fail(`not done within ${timeoutMs / 1000} s`);
      if (status !== 0) return fail(`ended with ${status ?? signal}`, status === EX_DATAERR);
      clearTimeout(timer);
      resolve({ ok: true });
    });
    // A program that does not read what it is given is no reason to fall over.
    child.stdin.on("error", () => {});
    child.stdin.end(`${JSON.stringify({ schema: "pdc.alert/1", ...message })}\n`);
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended just now.
  }
}
