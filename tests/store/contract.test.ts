import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemorySampleStore } from "../../src/store/memory-store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { sampleStoreContract } from "../contracts/sample-store.ts";

sampleStoreContract("SQLite", () => {
  const directory = mkdtempSync(join(tmpdir(), "pdc-store-"));
  const store = openStore(join(directory, "samples.db"), { mode: "write" });
  return {
    store,
    dispose: () => {
      store.close();
      rmSync(directory, { recursive: true });
    },
  };
});

sampleStoreContract("memory", () => ({ store: new MemorySampleStore(), dispose: () => {} }));
