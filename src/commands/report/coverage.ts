import { ReportCommand, reportExitCodes } from "../../cli/report-command.ts";

export default class ReportCoverage extends ReportCommand {
  static override summary = "Report whether every commune is on the network";
  static override description =
    `Primary and backup access, when each was last seen, and how available it was. Without a period: the month that runs.

${reportExitCodes}`;
  static override examples = [
    "<%= config.bin %> report coverage",
    "<%= config.bin %> report coverage --district minh-hoa --output html --file coverage.html",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportCoverage);
    const [{ coverageReportOf }, renderers] = await Promise.all([
      import("../../actions/report/coverage.ts"),
      import("../../actions/report/presentation.ts"),
    ]);
    await this.report(coverageReportOf, renderers, flags);
  }
}
