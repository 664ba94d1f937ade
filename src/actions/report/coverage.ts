import { type MadeReport, makeReport, type ReportOptions } from "./make-report.ts";

/** `pdc report coverage`. @throws InventoryError, StoreError, LookupError, UsageError */
export function coverageReportOf(options: ReportOptions): Promise<MadeReport> {
  return makeReport("coverage", options);
}
