/** Traffic of a link over a period, whatever the inventory calls its ports. */
import { expect, onTestFinished, test } from "vitest";
import { linkLoads } from "../../src/actions/report/link-loads.ts";
import type { Inventory, Link } from "../../src/inventory/model.ts";
import { ratesBetween } from "../../src/samples/rates.ts";
import { openStore } from "../../src/store/open-store.ts";
import { sample } from "../health/samples.ts";
import { counter64, makeInterface } from "../samples/make-sample.ts";
import { temporaryDirectory } from "../store/place.ts";

const HOUR = 3_600_000;
const FROM = Date.UTC(2026, 9, 1);

test.each(["Gi0/1", "GigabitEthernet0/1", "gigabitethernet0/1"])("the port is called %s", (name) => {
  const store = openStore(`${temporaryDirectory()}/samples.db`, { mode: "write" });
  onTestFinished(() => store.close());
  for (let at = 0; at <= 240; at += 1)
    store.append([
      sample("center", FROM + at * 60_000, {
        components: [
          makeInterface(
            { inOctets: counter64(BigInt(at) * 60n * 1000n), outOctets: counter64(BigInt(at) * 60n * 500n) },
            { key: "Gi0/1", label: "Gi0/1", attributes: { description: "GigabitEthernet0/1" } },
          ),
        ],
      }),
    ]);
  for (const _ of store.compaction({ rate: ratesBetween, nowMs: FROM + 6 * HOUR }));
  expect(store.rollups.completeUntilMs()).toBeGreaterThanOrEqual(FROM + 4 * HOUR);
  const link = {
    id: "line",
    a: { device: "center", interface: name },
    b: { device: "commune", interface: "ether1" },
  } as Link;
  const inventory = { links: new Map([["line", link]]) } as unknown as Inventory;
  const load = linkLoads(store, inventory, [link], { fromMs: FROM, toMs: FROM + 4 * HOUR }).get("line");
  expect([load?.peakIn, load?.peakOut]).toEqual([8000, 4000]);
  expect(load?.in.filter((value) => value === 8000).length).toBeGreaterThan(40);
});
