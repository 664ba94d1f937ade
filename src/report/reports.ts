import { agencyReport } from "./agency.ts";
import { deviceReport } from "./device.ts";
import type { ReportInput } from "./input.ts";
import { lanReport } from "./lan.ts";
import type { ReportKind, ReportModel } from "./model.ts";
import { availabilityReport } from "./period/availability.ts";
import { capacityReport } from "./period/capacity.ts";
import { coverageReport } from "./period/coverage.ts";
import { incidentReport } from "./period/incident.ts";
import { wanReport } from "./wan.ts";

/** Every report by its name. */
export const reports: Readonly<Record<ReportKind, (input: ReportInput) => ReportModel>> = {
  wan: wanReport,
  lan: lanReport,
  device: deviceReport,
  agency: agencyReport,
  availability: availabilityReport,
  incident: incidentReport,
  capacity: capacityReport,
  coverage: coverageReport,
};
