/** The health of a cycle in the poller: the newest sample of a device is decoded once, LLDP or not. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { healthOfNow, healthOfStore } from "../../src/actions/report/province-health.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { Store } from "../../src/store/types.ts";
import { NOW, part, port, sample } from "../health/samples.ts";
import { smallInventory, writeInventory } from "../inventory/synthetic-inventory.ts";
import { temporaryDirectory } from "../store/place.ts";

/** A store that notes of which of the samples it hands out the components are looked at: each decodes its own once. */
function noting(store: Store, decoded: Set<DeviceSample>): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name !== "recent") return Reflect.get(target, name, target);
      return (...asked: Parameters<Store["recent"]>) =>
        target.recent(...asked).map(
          (one) =>
            new Proxy(one, {
              get(from, key) {
                if (key === "components") decoded.add(from);
                return Reflect.get(from, key, from);
              },
            }),
        );
    },
  });
}

test("what LLDP tells is known without the measurements, which are read once", async () => {
  const directory = temporaryDirectory();
  writeInventory(join(directory, "inventory"), smallInventory());
  const inventory = await loadInventory(join(directory, "inventory"), { cacheDirectory: false });
  const store = openStore(join(directory, "samples.db"), { mode: "write" });
  onTestFinished(() => store.close());
  const lldp = part("lldp-neighbor", "1", {}, { systemName: "rt-center", localPort: "ether1" });
  for (const atMs of [NOW - 60_000, NOW])
    store.append([
      sample("rt-center", atMs, { components: [port("GigabitEthernet0/0")] }),
      sample("rt-commune", atMs, { components: [port("ether1"), lldp] }),
    ]);
  const decoded = new Set<DeviceSample>();
  const health = healthOfNow(inventory, noting(store, decoded), NOW);
  expect(health).toEqual(healthOfStore(inventory, store, NOW).health);
  for (const device of inventory.devices.keys()) {
    const times = [...decoded].filter((one) => one.device === device && one.atMs === NOW);
    expect(times, device).toHaveLength(1);
  }
});
