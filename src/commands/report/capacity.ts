import { ReportCommand, reportExitCodes } from "../../cli/report-command.ts";

export default class ReportCapacity extends ReportCommand {
  static override summary = "Report what every circuit carried, and when it will be too small";
  static override description =
    `95th percentiles of 5-minute means, the busiest hour, errors, loss, and when the trend of the daily 95th percentile reaches 80 % of what is committed. Without a period: the month that runs.

${reportExitCodes}`;
  static override examples = [
    "<%= config.bin %> report capacity --month 2026-10",
    "<%= config.bin %> report capacity --from 90d --carrier Viettel --output csv",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportCapacity);
    const [{ capacityReportOf }, renderers] = await Promise.all([
      import("../../actions/report/capacity.ts"),
      import("../../actions/report/presentation.ts"),
    ]);
    await this.report(capacityReportOf, renderers, flags);
  }
}
