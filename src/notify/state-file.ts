/** What alerts remember, on disk: one file, replaced whole. Touches the disk. */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { type AlertState, noAlerts } from "./types.ts";

/** A file that is none of ours, or of a newer version (exit code 27). */
export class AlertStateError extends Error {
  readonly code = "alert-state";
  readonly exitCode = 27;
  readonly fix =
    "move the file away to begin anew: what runs is then told once more, and what waited is not sent";
}

/** The state as it was last written; empty when there is none. @throws AlertStateError */
export async function readAlertState(path: string): Promise<AlertState> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return noAlerts;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Partial<AlertState>;
    if (value.version === 1 && [value.tellings, value.queue, value.dead].every(Array.isArray))
      return { ...noAlerts, ...value } as AlertState;
  } catch {
    // Told below.
  }
  throw new AlertStateError(`${path} is not the memory of alerts, or of another version`);
}

/** Writes the file whole or not at all; after that it survives a power cut. */
export async function writeAlertState(path: string, state: AlertState): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.part`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify(state));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
