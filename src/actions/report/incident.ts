import { type MadeReport, makeReport, type ReportOptions } from "./make-report.ts";

/** `pdc report incident`. @throws InventoryError, StoreError, LookupError, UsageError */
export function incidentReportOf(options: ReportOptions): Promise<MadeReport> {
  return makeReport("incident", options);
}
