import { agencyReport } from "./agency.ts";
import { deviceReport } from "./device.ts";
import type { ReportInput } from "./input.ts";
import { lanReport } from "./lan.ts";
import type { ReportKind, ReportModel } from "./model.ts";
import { wanReport } from "./wan.ts";

/** Every report by its name. */
export const reports: Readonly<Record<ReportKind, (input: ReportInput) => ReportModel>> = {
  wan: wanReport,
  lan: lanReport,
  device: deviceReport,
  agency: agencyReport,
};
