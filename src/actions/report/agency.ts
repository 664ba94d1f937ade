import { type MadeReport, makeReport, type ReportOptions } from "./make-report.ts";

/** `pdc report agency`. @throws InventoryError, StoreError, LookupError, UsageError */
export function agencyReportOf(options: ReportOptions): Promise<MadeReport> {
  return makeReport("agency", options);
}
