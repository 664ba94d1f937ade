/** What `pdc report schedule` does with its flags: print, install, or run. */
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { dateAt } from "../../inventory/agencies.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { ReportKind } from "../../report/model.ts";
import { UsageError } from "../inventory/open.ts";
import { writeWhole } from "../write-whole.ts";
import { filterOf } from "./filter.ts";
import { checkMailNames, type MailOptions } from "./mail.ts";
import { type Frequency, runSchedule, type ScheduledFormat, scheduleLines } from "./schedule.ts";

export interface ScheduleFlags {
  every: Frequency;
  report: readonly ReportKind[];
  format: readonly ScheduledFormat[];
  drop?: string | undefined;
  "mail-to"?: readonly string[] | undefined;
  "mail-from"?: string | undefined;
  smtp?: string | undefined;
  "smtp-credential"?: string | undefined;
  agency?: readonly string[] | undefined;
  carrier?: readonly string[] | undefined;
  lang?: string | undefined;
  store?: readonly string[] | undefined;
  run: boolean;
  install: boolean;
}

export interface ScheduleContext {
  flags: ScheduleFlags;
  inventoryDirectory: string;
  cacheDirectory: string;
  stateDirectory: string;
  /** How this program is called: interpreter and script. */
  program: readonly string[];
  signal: AbortSignal;
  agrees(question: string): Promise<boolean>;
}

/** @throws as `runSchedule`, UsageError, LookupError (2) */
export async function scheduleReports(context: ScheduleContext): Promise<{ data: unknown; text: string }> {
  const { flags, inventoryDirectory, cacheDirectory, stateDirectory, signal } = context;
  const mail = mailOf(flags);
  if (flags.run) {
    const run = await runSchedule({
      every: flags.every,
      reports: flags.report,
      formats: flags.format,
      drop: flags.drop,
      mail,
      agency: flags.agency,
      carrier: flags.carrier,
      language: flags.lang,
      store: flags.store,
      inventoryDirectory,
      cacheDirectory,
      stateDirectory,
      signal,
    });
    const where = [
      ...(run.dropped === undefined ? [] : [`in ${run.dropped}`]),
      ...(run.mailed ? [`mailed to ${run.mailed.join(", ")}`] : []),
    ];
    return { data: run, text: `${run.files.join(", ")}: ${where.join(", ")}\n` };
  }
  if (flags.drop === undefined && !mail)
    throw new UsageError(
      "nothing says where the reports go",
      "name a folder with --drop, or people with --mail-to",
    );
  const inventory = await loadInventory(inventoryDirectory, { cacheDirectory });
  // What is written into a crontab is looked at today, not at six in the morning.
  filterOf(inventory, flags, dateAt(inventory));
  if (mail) checkMailNames(inventory, mail);
  const lines = scheduleLines(flags.every, commandOf(context), inventory.province.timeZone);
  if (!flags.install) {
    const text = `# crontab -e\n${lines.cron}\n# ~/.config/systemd/user/${nameOf(flags)}.service\n${lines.service}\n# ~/.config/systemd/user/${nameOf(flags)}.timer\n${lines.timer}`;
    return { data: lines, text };
  }
  const folder = join(homedir(), ".config/systemd/user");
  const paths = {
    service: join(folder, `${nameOf(flags)}.service`),
    timer: join(folder, `${nameOf(flags)}.timer`),
  };
  if (!(await context.agrees(`Write ${paths.service} and ${paths.timer}?`)))
    return { data: { installed: false }, text: "nothing was written\n" };
  await mkdir(folder, { recursive: true });
  await writeWhole(paths.service, lines.service);
  await writeWhole(paths.timer, lines.timer);
  return {
    data: { installed: true, ...paths },
    text: `wrote ${paths.service} and ${paths.timer}\nsystemctl --user enable --now ${nameOf(flags)}.timer starts it\n`,
  };
}

function mailOf(flags: ScheduleFlags): MailOptions | undefined {
  const to = flags["mail-to"];
  if (to === undefined || to.length === 0) return undefined;
  if (flags["mail-from"] === undefined || flags.smtp === undefined)
    throw new UsageError("mail needs a sender and a server", "name them with --mail-from and --smtp");
  return { to, from: flags["mail-from"], server: flags.smtp, credential: flags["smtp-credential"] };
}

function nameOf({ every, report }: ScheduleFlags): string {
  return `pdc-report-${every}-${report.join("-")}`;
}

/** The same command with --run and every place spelt out: cron and systemd know no working directory and little environment. */
function commandOf({ flags, program, inventoryDirectory, stateDirectory }: ScheduleContext): string[] {
  const words = [...program, "report", "schedule", "--run", "--every", flags.every];
  const add = (flag: string, values: string | readonly string[] | undefined) => {
    for (const value of typeof values === "string" ? [values] : (values ?? []))
      words.push(`--${flag}`, value);
  };
  add("report", flags.report);
  add("format", flags.format);
  add("drop", flags.drop === undefined ? undefined : resolve(flags.drop));
  add("mail-to", flags["mail-to"]);
  add("mail-from", flags["mail-from"]);
  add("smtp", flags.smtp);
  add("smtp-credential", flags["smtp-credential"]);
  add("agency", flags.agency);
  add("carrier", flags.carrier);
  add("lang", flags.lang);
  const stores = flags.store ?? [];
  add(
    "store",
    (stores.length > 0 ? stores : [join(stateDirectory, "samples.db")]).map((path) => resolve(path)),
  );
  add("inventory", resolve(inventoryDirectory));
  return words;
}
