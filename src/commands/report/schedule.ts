import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import type { OutputFormat } from "../../cli/present.ts";

const kinds = ["availability", "incident", "capacity", "coverage", "wan", "lan", "device", "agency"] as const;

export default class ReportSchedule extends PdcCommand {
  static override formats: readonly OutputFormat[] = ["table", "plain", "json"];
  static override summary = "Have reports made by cron or systemd, mailed or dropped into a folder";
  static override description =
    "Prints the lines for crontab and the units for systemd, or installs the units of this user; --run does one run, of the last whole day, week or month, which is what those call. A mail that a server does not take waits on disk: the poller and `pdc report outbox --send` try it again.\n\nExit codes: 21 the mail was refused, 23 the server cannot be reached, 24 it refuses the login; the mail waits.";
  static override examples = [
    "<%= config.bin %> report schedule --every monthly --report availability --format pdf --drop /srv/reports",
    "<%= config.bin %> report schedule --every weekly --report incident --mail-to it@example.vn --mail-from pdc@example.vn --smtp smtps://mail.example.vn --smtp-credential mail",
    "<%= config.bin %> report schedule --every monthly --report availability --drop /srv/reports --run",
  ];
  static override flags = {
    every: Flags.option({
      description: "how often",
      options: ["daily", "weekly", "monthly"] as const,
      required: true,
    })(),
    report: Flags.option({
      description: "which; repeatable",
      options: kinds,
      multiple: true,
      required: true,
    })(),
    format: Flags.option({
      description: "of the files; repeatable",
      options: ["html", "pdf", "xlsx", "csv", "json"] as const,
      multiple: true,
      default: ["html"],
    })(),
    drop: Flags.string({ description: "folder to put them into", helpValue: "DIR" }),
    "mail-to": Flags.string({
      description: "whom to mail them; repeatable",
      multiple: true,
      helpValue: "ADDRESS",
    }),
    "mail-from": Flags.string({ description: "sender", dependsOn: ["mail-to"], helpValue: "ADDRESS" }),
    smtp: Flags.string({
      description: "smtps://host, smtp://host (STARTTLS), smtp+plain://host",
      helpValue: "URL",
    }),
    "smtp-credential": Flags.string({
      description: "credential of the inventory with the login",
      helpValue: "ID",
    }),
    agency: Flags.string({ description: "only this agency and below; repeatable", multiple: true }),
    carrier: Flags.string({ description: "only links of this carrier; repeatable", multiple: true }),
    lang: Flags.option({ description: "language", options: ["vi", "en"] as const, env: "PDC_LANG" })(),
    store: Flags.string({
      description: "file of the samples; repeatable",
      env: "PDC_STORE",
      helpValue: "PATH",
      multiple: true,
    }),
    run: Flags.boolean({ description: "do one run now", exclusive: ["install"] }),
    install: Flags.boolean({ description: "write the units for systemd of this user" }),
    yes: Flags.boolean({ char: "y", description: "install without asking" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportSchedule);
    const { cacheDirectory, stateDirectory, origins } = await this.context();
    const { scheduleReports } = await import("../../actions/report/schedule-command.ts");
    const result = await scheduleReports({
      flags: { ...flags, lang: flags.lang ?? origins.language.value },
      inventoryDirectory: await this.inventoryDirectory(),
      cacheDirectory,
      stateDirectory,
      program: [process.execPath, ...process.execArgv, process.argv[1] ?? "pdc"],
      signal: this.signal,
      agrees: (question) => this.confirm(question, { yes: flags.yes }),
    });
    await this.present({ schema: "pdc.report.schedule/1", data: result.data, text: result.text });
  }
}
