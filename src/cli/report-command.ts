/** What the report commands share: what a report is about, of when, in which language, and how it comes out. */
import { Flags } from "@oclif/core";
import type { MadeReport, ReportOptions } from "../actions/report/make-report.ts";
import { PdcCommand } from "./base-command.ts";
import { exitCodes } from "./exit-codes.ts";
import type { OutputFormat, Presentation } from "./present.ts";

/** The renderers of a report; commands hand them over, since cli knows no action. */
export type ReportRenderers = typeof import("../actions/report/presentation.ts");

export const reportExitCodes = `Exit codes: 0 the report was made, whatever it says; 20 with --exit-code when something in it is down, unreachable or degraded; 22 no store, no inventory, or one that is not right.`;

export abstract class ReportCommand extends PdcCommand {
  static override formats: readonly OutputFormat[] = [
    "table",
    "plain",
    "csv",
    "json",
    "ndjson",
    "html",
    "xlsx",
    "pdf",
  ];

  static override baseFlags = {
    ...PdcCommand.baseFlags,
    agency: Flags.string({
      description: "only this agency (id, code or name) and those below it; repeatable",
      multiple: true,
    }),
    district: Flags.string({
      description: "only this district and its communes; repeatable",
      multiple: true,
    }),
    system: Flags.string({
      description: "only the agency that owns this system (id or name); repeatable",
      multiple: true,
    }),
    device: Flags.string({
      aliases: ["target"],
      char: "t",
      description: "only this device (id or address); repeatable",
      multiple: true,
    }),
    link: Flags.string({ description: "only this link (id or circuit); repeatable", multiple: true }),
    carrier: Flags.string({ description: "only links of this carrier; repeatable", multiple: true }),
    state: Flags.option({
      description: "only rows in this state; repeatable",
      options: ["up", "degraded", "down", "unreachable", "unknown"] as const,
      multiple: true,
    })(),
    from: Flags.string({
      description: "of a period from here on: 2026-11-01, 2026-11-01T08:00, or 24h (ago)",
      helpValue: "TIME",
    }),
    month: Flags.string({ description: "of this month", helpValue: "2026-10" }),
    year: Flags.string({ description: "of this year", helpValue: "2026" }),
    to: Flags.string({ description: "to here [default: now]; a day is taken in whole", helpValue: "TIME" }),
    lang: Flags.option({
      description: "language [default: the inventory's]",
      options: ["vi", "en"] as const,
      env: "PDC_LANG",
    })(),
    store: Flags.string({
      description:
        "file of the samples; repeatable, for pollers that share the province [default: samples.db in the state directory]",
      env: "PDC_STORE",
      helpValue: "PATH",
      multiple: true,
    }),
    "exit-code": Flags.boolean({ description: "exit with 20 when anything reported is not up" }),
  };

  /** Makes the report with an action and presents it. */
  protected async report(
    make: (options: ReportOptions) => Promise<MadeReport>,
    renderers: ReportRenderers,
    flags: Omit<ReportOptions, "inventoryDirectory" | "cacheDirectory" | "stateDirectory" | "language"> & {
      lang?: string | undefined;
      "exit-code": boolean;
    },
  ): Promise<void> {
    const { cacheDirectory, stateDirectory, origins } = await this.context();
    const made = await make({
      ...flags,
      language: flags.lang ?? origins.language.value,
      inventoryDirectory: await this.inventoryDirectory(),
      cacheDirectory,
      stateDirectory,
    });
    const { reportData, reportHtml, reportPdf, reportTable, reportText, reportViews, reportXlsx } = renderers;
    const isForPeople = this.format === "table";
    const presentation: Presentation = {
      schema: `pdc.report.${made.model.kind}/1`,
      data: reportData(made),
      rows: reportTable(made).rows,
      views: isForPeople ? reportViews(made) : [reportTable(made)],
      ...(isForPeople && { text: reportText(made) }),
      render: {
        html: () => reportHtml(made),
        xlsx: () => reportXlsx(made),
        pdf: () => reportPdf(made, this.signal),
      },
      // People read them in the text.
      warnings: isForPeople ? [] : made.model.notices,
      exitCode: flags["exit-code"] && made.model.hasFindings ? exitCodes.findings : exitCodes.ok,
    };
    await this.present(presentation);
  }
}
