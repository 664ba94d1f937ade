/** Mails with reports that wait: on disk before they are sent, tried less and less often. Touches disk and network. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Inventory } from "../../inventory/model.ts";
import { REFUSALS, retryAfter } from "../../notify/outbox.ts";
import { lockForWriting, type WriterLock } from "../../store/writer-lock.ts";
import { writeWhole } from "../write-whole.ts";
import { MailError, type MailOptions, refuseTooLarge, sendReports } from "./mail.ts";
import type { MadeFile } from "./schedule.ts";

/** Each may be 20 MB; a server that is away for so many mails is looked after by nobody. */
const MOST_WAITING = 100;
/** A report older than this is asked for again rather than waited for. */
const MOST_AGE_MS = 30 * 86_400_000;
const BUSY_MS = 60_000;
const HEAD = "mail.json";

/** A mail that waits; its files lie beside it. */
export interface WaitingMail {
  id: string;
  subject: string;
  files: readonly string[];
  options: MailOptions;
  createdMs: number;
  attempts: number;
  nextMs: number;
  lastError?: string;
  /** Refused three times by the server, or waited for thirty days: no longer tried by itself. */
  isGivenUp?: boolean;
}

export interface SentMails {
  sent: readonly WaitingMail[];
  /** Tried and not taken. */
  failed: readonly { mail: WaitingMail; error: Error & { exitCode?: number } }[];
  /** Another process is sending them. */
  isBusy: boolean;
}

export function mailFolder(stateDirectory: string): string {
  return join(stateDirectory, "report-mails");
}

/**
 * Writes a mail down; it survives a power cut. The same reports to the same people replace those that still wait.
 * @throws UsageError when they are too large, MailError when too many wait, StoreError `locked` when another process does not get done with sending
 */
export async function queueMail(
  stateDirectory: string,
  { subject, files, options }: { subject: string; files: readonly MadeFile[]; options: MailOptions },
  nowMs: number,
): Promise<WaitingMail> {
  refuseTooLarge(files);
  const folder = mailFolder(stateDirectory);
  const { to, from, server, credential } = options;
  const names = files.map(({ name }) => name);
  const id = createHash("sha256")
    .update(JSON.stringify([to, from, server, names]))
    .digest("hex")
    .slice(0, 16);
  const waiting = await waitingMails(stateDirectory);
  if (waiting.length >= MOST_WAITING && !waiting.some((mail) => mail.id === id))
    throw new MailError(`${waiting.length} mails with reports wait in ${folder} already`, 21, {
      fix: "`pdc report outbox` says why; remove the folders of those that nobody needs",
    });
  const mail: WaitingMail = {
    id,
    subject,
    files: names,
    options: { to, from, server, ...(credential !== undefined && { credential }) },
    createdMs: nowMs,
    attempts: 0,
    nextMs: nowMs,
  };
  const [part, whole] = [join(folder, `${id}.part`), join(folder, id)];
  const lock = await lockWithin(folder, BUSY_MS);
  try {
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true, mode: 0o700 });
    for (const { name, content } of files) await writeDurably(join(part, name), content);
    await writeDurably(join(part, HEAD), JSON.stringify(mail));
    await rm(whole, { recursive: true, force: true });
    await rename(part, whole);
    return mail;
  } finally {
    lock.release();
  }
}

/** Oldest first; a folder that cannot be read is passed over. */
export async function waitingMails(stateDirectory: string): Promise<WaitingMail[]> {
  const folder = mailFolder(stateDirectory);
  const names = await readdir(folder).catch(() => []);
  const mails = await Promise.all(
    names
      .filter((name) => /^[0-9a-f]{16}$/.test(name))
      .map((name) =>
        readFile(join(folder, name, HEAD), "utf8").then(
          (text) => JSON.parse(text) as WaitingMail,
          () => undefined,
        ),
      ),
  );
  return mails.filter((mail) => mail !== undefined).sort((a, b) => a.createdMs - b.createdMs);
}

/**
 * Sends what is due, per server in order, until one is not taken. `isAsked`: a person asks for it, so everything is
 * due. Never rejects because of a mail. @throws StoreError when the folder cannot be locked
 */
export async function sendWaiting(
  stateDirectory: string,
  inventory: Inventory,
  { nowMs, isAsked = false, timeoutMs }: { nowMs(): number; isAsked?: boolean; timeoutMs?: number },
): Promise<SentMails> {
  const result = { sent: [] as WaitingMail[], failed: [] as SentMails["failed"][number][], isBusy: false };
  if ((await waitingMails(stateDirectory)).length === 0) return result;
  const lock = lockOf(mailFolder(stateDirectory));
  if (!lock) return { ...result, isBusy: true };
  try {
    const stuck = new Set<string>();
    // Read again: another process may have sent some before it let go.
    for (const mail of await waitingMails(stateDirectory)) {
      const { server } = mail.options;
      const isDue = isAsked || (!mail.isGivenUp && mail.nextMs <= nowMs());
      if (stuck.has(server) || (mail.isGivenUp && !isAsked)) continue;
      const error = isDue ? await tried(stateDirectory, inventory, mail, nowMs(), timeoutMs) : undefined;
      if (error) result.failed.push({ mail, error });
      else if (isDue) result.sent.push(mail);
      // What the server will not take does not hold up the next one.
      if (!isDue || (error && !(error instanceof MailError && error.isRefused))) stuck.add(server);
    }
    return result;
  } finally {
    lock.release();
  }
}

/** One try; what came of it is on disk after that. @returns why it was not taken */
async function tried(
  stateDirectory: string,
  inventory: Inventory,
  mail: WaitingMail,
  nowMs: number,
  timeoutMs: number | undefined,
): Promise<Error | undefined> {
  const place = join(mailFolder(stateDirectory), mail.id);
  const write = (next: WaitingMail) => writeDurably(join(place, HEAD), JSON.stringify(next));
  try {
    const files = await Promise.all(
      mail.files.map(async (name) => ({ name, content: await readFile(join(place, name)) })),
    );
    const options = { ...mail.options, ...(timeoutMs !== undefined && { timeoutMs }) };
    const id = `${mail.id}-${mail.createdMs}`;
    const rejected = await sendReports(inventory, options, { subject: mail.subject, files, id });
    if (rejected.length > 0) {
      // The others have it: only these are tried again.
      await write({ ...mail, options: { ...mail.options, to: rejected } });
      throw new MailError(`the server refused ${rejected.join(", ")}; the others have it`, 21, {
        isRefused: true,
      });
    }
    await rm(place, { recursive: true, force: true });
    return undefined;
  } catch (error) {
    const attempts = mail.attempts + 1;
    const isRefused = error instanceof MailError && error.isRefused;
    const head = JSON.parse(await readFile(join(place, HEAD), "utf8")) as WaitingMail;
    await write({
      ...head,
      attempts,
      nextMs: nowMs + retryAfter(attempts),
      lastError: (error as Error).message,
      ...(((isRefused && attempts >= REFUSALS) || nowMs - mail.createdMs > MOST_AGE_MS) && {
        isGivenUp: true,
      }),
    });
    return error as Error;
  }
}

/** Whoever sends is done soon, or hangs on a server. */
async function lockWithin(folder: string, waitMs: number): Promise<WriterLock> {
  const untilMs = performance.now() + waitMs;
  for (;;) {
    const lock = performance.now() < untilMs ? lockOf(folder) : lockForWriting(join(folder, "outbox"));
    if (lock) return lock;
    await pause(200);
  }
}

function lockOf(folder: string): WriterLock | undefined {
  try {
    return lockForWriting(join(folder, "outbox"));
  } catch (error) {
    if ((error as { code?: string }).code === "locked") return undefined;
    throw error;
  }
}

/** Whole or not at all, for this user only, and on the disk when it resolves. */
const writeDurably = (path: string, content: string | Uint8Array): Promise<void> =>
  writeWhole(path, content, { mode: 0o600, flush: true });
