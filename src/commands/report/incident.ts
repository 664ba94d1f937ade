import { ReportCommand, reportExitCodes } from "../../cli/report-command.ts";

export default class ReportIncident extends ReportCommand {
  static override summary = "Report the incidents of a period, with causes and evidence";
  static override description =
    `One line for each cause; what it cut off is counted, not listed. Without a period: the month that runs.

${reportExitCodes}`;
  static override examples = [
    "<%= config.bin %> report incident --month 2026-10",
    "<%= config.bin %> report incident --from 7d --agency dong-hoi --lang en",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportIncident);
    const [{ incidentReportOf }, renderers] = await Promise.all([
      import("../../actions/report/incident.ts"),
      import("../../actions/report/presentation.ts"),
    ]);
    await this.report(incidentReportOf, renderers, flags);
  }
}
