import { ReportCommand, reportExitCodes } from "../../cli/report-command.ts";

export default class ReportAgency extends ReportCommand {
  static override summary = "Report the state of the network agency by agency, and why";
  static override description =
    `The agencies of that day: with --to, those that existed then, under the parents they had then.

${reportExitCodes}`;
  static override examples = [
    "<%= config.bin %> report agency",
    "<%= config.bin %> report agency --output html --file province.html",
    "<%= config.bin %> report agency --state down --exit-code",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportAgency);
    const [{ agencyReportOf }, renderers] = await Promise.all([
      import("../../actions/report/agency.ts"),
      import("../../actions/report/presentation.ts"),
    ]);
    await this.report(agencyReportOf, renderers, flags);
  }
}
