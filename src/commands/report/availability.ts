import { ReportCommand, reportExitCodes } from "../../cli/report-command.ts";

export default class ReportAvailability extends ReportCommand {
  static override summary = "Report how available every circuit and agency was over a period";
  static override description =
    `Outages and minutes, whose fault they were, which promise was kept, what is left of the error budget, mean time to repair, and the change against the period before. Without a period: the month that runs.

${reportExitCodes}`;
  static override examples = [
    "<%= config.bin %> report availability --month 2026-10 --output pdf --file 2026-10.pdf",
    "<%= config.bin %> report availability --carrier VNPT --year 2026 --output xlsx --file vnpt.xlsx",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportAvailability);
    const [{ availabilityReportOf }, renderers] = await Promise.all([
      import("../../actions/report/availability.ts"),
      import("../../actions/report/presentation.ts"),
    ]);
    await this.report(availabilityReportOf, renderers, flags);
  }
}
