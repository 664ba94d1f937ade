import { ReportCommand, reportExitCodes } from "../../cli/report-command.ts";

export default class ReportLan extends ReportCommand {
  static override summary =
    "Report the state of local networks: switches, their ports, and what should be up";
  static override description =
    `Ports count as faulty when the inventory expects them up and they are not, or when they carry errors, duplex faults or loss.

${reportExitCodes}`;
  static override examples = [
    "<%= config.bin %> report lan --agency dong-hoi",
    "<%= config.bin %> report lan --state down --state degraded",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportLan);
    const [{ lanReportOf }, renderers] = await Promise.all([
      import("../../actions/report/lan.ts"),
      import("../../actions/report/presentation.ts"),
    ]);
    await this.report(lanReportOf, renderers, flags);
  }
}
