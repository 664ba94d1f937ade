/** A process that compacts a store, and says after each step that it is done. */
import { writeSync } from "node:fs";
import { ratesBetween } from "../../src/samples/rates.ts";
import { openStore } from "../../src/store/open-store.ts";

const store = openStore(process.argv[2] as string, { mode: "write" });
for (const { did } of store.compaction({ rate: ratesBetween, nowMs: Number(process.argv[3]) }))
  writeSync(1, `${did}\n`);
store.close();
