/** `pdc report schedule`: the lines that run reports by themselves, and one such run. */
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { dateAt } from "../../inventory/agencies.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { ReportKind } from "../../report/model.ts";
import { renderCsv } from "../../report/render-csv.ts";
import { UsageError } from "../inventory/open.ts";
import { writeWhole } from "../write-whole.ts";
import { checkMail, MailError, type MailOptions } from "./mail.ts";
import { mailFolder, queueMail, sendWaiting, waitingMails } from "./mail-outbox.ts";
import { type MadeReport, makeReport, type ReportOptions } from "./make-report.ts";
import { reportData, reportHtml, reportPdf, reportTable, reportXlsx } from "./presentation.ts";

export const frequencies = ["daily", "weekly", "monthly"] as const;
export type Frequency = (typeof frequencies)[number];
export const scheduledFormats = ["html", "pdf", "xlsx", "csv", "json"] as const;
export type ScheduledFormat = (typeof scheduledFormats)[number];

const DAY_MS = 86_400_000;

export interface RunOptions extends Omit<ReportOptions, "from" | "to" | "month" | "year"> {
  every: Frequency;
  reports: readonly ReportKind[];
  formats: readonly ScheduledFormat[];
  /** Folder to drop them into. */
  drop?: string | undefined;
  mail?: MailOptions | undefined;
  signal?: AbortSignal;
}

/** A file that was made. */
export interface MadeFile {
  name: string;
  content: string | Uint8Array;
}

/** What one run came to. */
export interface ScheduledRun {
  period: { from: string; to: string };
  files: readonly string[];
  dropped?: string;
  mailed?: readonly string[];
}

/** Makes the reports of the last whole day, week or month, drops them and mails them. @throws as makeReport; UsageError, PdfError, MailError */
export async function runSchedule(options: RunOptions): Promise<ScheduledRun> {
  if (options.drop === undefined && options.mail === undefined)
    throw new UsageError(
      "nothing says where the reports go",
      "name a folder with --drop, or people with --mail-to",
    );
  const inventory = await loadInventory(options.inventoryDirectory, {
    ...(options.cacheDirectory && { cacheDirectory: options.cacheDirectory }),
  });
  if (options.mail) await checkMail(inventory, options.mail);
  const period = lastWhole(inventory, options.every, options.nowMs ?? Date.now());
  const files: MadeFile[] = [];
  let title = "";
  for (const kind of options.reports) {
    // A month by its name: compared with the month before, and with what was closed of it.
    const asked = options.every === "monthly" ? { month: period.from.slice(0, 7) } : period;
    const made = await makeReport(kind, { ...options, ...asked });
    // Ctrl-C is heard between two reports, and before any of them is dropped or mailed.
    await breathe();
    options.signal?.throwIfAborted();
    title ||= made.model.title;
    for (const format of options.formats)
      files.push({
        name: `${kind}-${period.from}.${format}`,
        content: await contentOf(made, format, options.signal),
      });
  }
  const run: ScheduledRun = { period, files: files.map(({ name }) => name) };
  if (options.drop !== undefined) {
    await mkdir(options.drop, { recursive: true, mode: 0o750 });
    for (const { name, content } of files) {
      const path = join(options.drop, name);
      await writeWhole(path, content, { mode: 0o640 });
      await chmod(path, 0o640);
    }
  }
  if (options.mail) await mailed(inventory, options, `${title} – ${inventory.province.name}`, files);
  return {
    ...run,
    ...(options.drop !== undefined && { dropped: options.drop }),
    ...(options.mail && { mailed: options.mail.to }),
  };
}

/** On disk first, then sent, after what waits from before. @throws MailError, which says that it waits */
async function mailed(
  inventory: Inventory,
  { stateDirectory, mail }: RunOptions,
  subject: string,
  files: readonly MadeFile[],
): Promise<void> {
  const options = mail!;
  const { id } = await queueMail(stateDirectory, { subject, files, options }, Date.now());
  const { failed, isBusy } = await sendWaiting(stateDirectory, inventory, {
    nowMs: () => Date.now(),
    isAsked: true,
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
  });
  const own = failed.find(({ mail: one }) => one.id === id)?.error;
  const isWaiting = own !== undefined || (await waitingMails(stateDirectory)).some((one) => one.id === id);
  if (!isWaiting) return;
  const before = failed.find(({ mail: one }) => one.options.server === options.server)?.error;
  const why = own ?? before;
  const text = why?.message ?? (isBusy ? "another process is sending mails" : "it was not its turn");
  throw new MailError(`the mail was not sent: ${text}`, why?.exitCode ?? 21, {
    fix: `it waits in ${mailFolder(stateDirectory)}: the poller (\`pdc poll --every …\`) and \`pdc report outbox --send\` try it again`,
  });
}

async function contentOf(
  made: MadeReport,
  format: ScheduledFormat,
  signal?: AbortSignal,
): Promise<string | Uint8Array> {
  switch (format) {
    case "html":
      return reportHtml(made);
    case "pdf":
      return reportPdf(made, signal);
    case "xlsx":
      return reportXlsx(made);
    case "csv":
      return renderCsv([reportTable(made)]);
    case "json":
      return `${JSON.stringify(reportData(made), null, 2)}\n`;
  }
}

/** The last whole day, week (from Monday) or month at the province, as days: both are in it. */
export function lastWhole(
  inventory: Inventory,
  every: Frequency,
  nowMs: number,
): { from: string; to: string } {
  const today = new Date(`${dateAt(inventory, nowMs)}T00:00:00Z`).getTime();
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
  if (every === "daily") return { from: day(today - DAY_MS), to: day(today - DAY_MS) };
  if (every === "weekly") {
    const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS;
    return { from: day(monday - 7 * DAY_MS), to: day(monday - DAY_MS) };
  }
  const first = new Date(today);
  first.setUTCDate(1);
  const lastDay = first.getTime() - DAY_MS;
  return { from: `${day(lastDay).slice(0, 8)}01`, to: day(lastDay) };
}

const cronTimes: Readonly<Record<Frequency, string>> = {
  daily: "10 6 * * *",
  weekly: "20 6 * * 1",
  monthly: "30 6 1 * *",
};
const calendars: Readonly<Record<Frequency, string>> = {
  daily: "*-*-* 06:10:00",
  weekly: "Mon *-*-* 06:20:00",
  monthly: "*-*-01 06:30:00",
};

/** A line for crontab(5) and units for systemd that run `command` (argv) so often. */
export function scheduleLines(
  every: Frequency,
  command: readonly string[],
  timeZone: string,
): { cron: string; service: string; timer: string } {
  const shell = command.map(shellWord).join(" ");
  return {
    // In a crontab an unescaped % ends the command (crontab(5)).
    cron: `CRON_TZ=${timeZone}\n${cronTimes[every]} ${shell.replaceAll("%", "\\%")}\n`,
    service: [
      "[Unit]",
      `Description=pdc reports, ${every}`,
      "",
      "[Service]",
      "Type=oneshot",
      `ExecStart=${command.map(unitWord).join(" ")}`,
      "",
    ].join("\n"),
    timer: [
      "[Unit]",
      `Description=pdc reports, ${every}`,
      "",
      "[Timer]",
      `OnCalendar=${calendars[every]} ${timeZone}`,
      "Persistent=true",
      "",
      "[Install]",
      "WantedBy=timers.target",
      "",
    ].join("\n"),
  };
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** systemd.service(5), "Command lines": % and $ are doubled, quotes and backslashes escaped. */
function unitWord(word: string): string {
  const safe = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./$-]+$/.test(safe) ? safe : `"${safe.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
