import { ReportCommand, reportExitCodes } from "../../cli/report-command.ts";

export default class ReportDevice extends ReportCommand {
  static override summary = "Report the state of equipment: processor, memory, temperature, power, and why";
  static override description =
    `With one --device also its parts and interfaces. With --from, the share of samples it answered.

${reportExitCodes}`;
  static override examples = [
    "<%= config.bin %> report device --state degraded",
    "<%= config.bin %> report device --device rt-core-1 --lang en",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportDevice);
    const [{ deviceReportOf }, renderers] = await Promise.all([
      import("../../actions/report/device.ts"),
      import("../../actions/report/presentation.ts"),
    ]);
    await this.report(deviceReportOf, renderers, flags);
  }
}
