import type { ImportOptions, RefreshOptions } from "../../interface/engine.ts";
import type { AuditOperation } from "../../state/audit-record.ts";
import type { HistoryEntry } from "../../state/history.ts";
import type { PlanBook } from "../plan/plan-book.ts";
import type { DeployOptions } from "./deployment.ts";

/** What an operation does, besides what the user's options say. */
export interface OperationPlan {
  readonly kind: HistoryEntry["kind"];
  readonly options: DeployOptions;
  /** everything is read before the rest */
  readonly refreshFirst: boolean;
  /** the program runs */
  readonly withProgram: boolean;
  /** only a refresh, only an import: no program and no deletions */
  readonly only?: { readonly refresh: RefreshOptions } | { readonly import: ImportOptions };
  readonly expectNoChanges: boolean;
  readonly showSecrets: boolean;
  readonly message: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly excludeProtected: boolean;
  readonly plans: PlanBook;
}

/** The name of an operation in the audit log, by that in the history. */
export const AUDITED_AS = {
  update: "up",
  refresh: "refresh",
  destroy: "destroy",
  "resource-import": "import",
} as const satisfies Record<HistoryEntry["kind"], AuditOperation>;
