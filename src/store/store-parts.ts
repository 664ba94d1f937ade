/** What the parts of an open store share. */
import type { DatabaseSync } from "node:sqlite";
import type { LayoutCatalog } from "./layout-catalog.ts";
import type { Progress } from "./progress.ts";
import type { SampleReader } from "./sample-reader.ts";
import type { SampleWriter } from "./sample-writer.ts";
import type { Terms } from "./terms.ts";
import type { Transactions } from "./transactions.ts";

export interface StoreParts {
  database: DatabaseSync;
  path: string;
  transactions: Transactions;
  terms: Terms;
  layouts: LayoutCatalog;
  progress: Progress;
  reader: SampleReader;
  writer: SampleWriter;
}
