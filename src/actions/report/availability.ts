import { type MadeReport, makeReport, type ReportOptions } from "./make-report.ts";

/** `pdc report availability`. @throws InventoryError, StoreError, LookupError, UsageError */
export function availabilityReportOf(options: ReportOptions): Promise<MadeReport> {
  return makeReport("availability", options);
}
