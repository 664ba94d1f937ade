import { type MadeReport, makeReport, type ReportOptions } from "./make-report.ts";

/** `pdc report capacity`. @throws InventoryError, StoreError, LookupError, UsageError */
export function capacityReportOf(options: ReportOptions): Promise<MadeReport> {
  return makeReport("capacity", options);
}
