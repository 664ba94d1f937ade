import { type MadeReport, makeReport, type ReportOptions } from "./make-report.ts";

/** `pdc report wan`. @throws InventoryError, StoreError, LookupError, UsageError */
export function wanReportOf(options: ReportOptions): Promise<MadeReport> {
  return makeReport("wan", options);
}
