import { type MadeReport, makeReport, type ReportOptions } from "./make-report.ts";

/** `pdc report lan`. @throws InventoryError, StoreError, LookupError, UsageError */
export function lanReportOf(options: ReportOptions): Promise<MadeReport> {
  return makeReport("lan", options);
}
