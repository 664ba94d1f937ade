import { type MadeReport, makeReport, type ReportOptions } from "./make-report.ts";

/** `pdc report device`. @throws InventoryError, StoreError, LookupError, UsageError */
export function deviceReportOf(options: ReportOptions): Promise<MadeReport> {
  return makeReport("device", options);
}
