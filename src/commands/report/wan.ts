import { ReportCommand, reportExitCodes } from "../../cli/report-command.ts";

export default class ReportWan extends ReportCommand {
  static override summary = "Report the state of the WAN: every circuit, its load and its availability";
  static override description =
    `What is broken comes first, each cause with what it cuts off; then every circuit. With --from, availability, means and 95th percentiles of the period.

${reportExitCodes}`;
  static override examples = [
    "<%= config.bin %> report wan",
    "<%= config.bin %> report wan --carrier VNPT --from 2026-11-01 --to 2026-11-30 --output csv",
    "<%= config.bin %> report wan --lang en --output html --file wan.html",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportWan);
    const [{ wanReportOf }, renderers] = await Promise.all([
      import("../../actions/report/wan.ts"),
      import("../../actions/report/presentation.ts"),
    ]);
    await this.report(wanReportOf, renderers, flags);
  }
}
