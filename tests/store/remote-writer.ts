/** A process that appends samples of a fleet, one poll after the other, and sends them on; it goes on where it was killed. */
import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { openStore } from "../../src/store/open-store.ts";
import { RemoteSender } from "../../src/store/remote-write/sender.ts";
import { recentFleet } from "./fleet.ts";

const [path, url, beginMs] = process.argv.slice(2) as [string, string, string];
const store = openStore(path, { mode: "write" });
const outbox = store.outbox([url]);
const sender = new RemoteSender({ outbox, receiver: { url }, labelsOf: () => ({}), tell: () => {} });
const cycles = recentFleet(Number(beginMs));
sender.wake();
// What is stored was polled before the kill.
for (const cycle of cycles.slice(store.status().samples / cycles[0]!.length)) {
  store.append(cycle);
  sender.wake();
  writeSync(1, "cycle\n");
  await wait(15);
}
await sender.close(20_000);
store.close();
