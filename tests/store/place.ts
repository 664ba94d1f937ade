/** A temporary place for stores, gone after each test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type OpenStoreOptions, openStore } from "../../src/store/open-store.ts";
import type { Store } from "../../src/store/types.ts";

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "pdc-store-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Opens a store that is closed when the test ends. */
export function opened(path: string, options: OpenStoreOptions): Store {
  const store = openStore(path, options);
  onTestFinished(() => store.close());
  return store;
}
