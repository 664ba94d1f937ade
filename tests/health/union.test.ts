/** What stands when several pollers each saw a part: as one would have judged that saw all of it. */
import { expect, test } from "vitest";
import { evaluate } from "../../src/health/evaluate.ts";
import { observationsOf } from "../../src/health/incident/observations.ts";
import { stateOfSeveral } from "../../src/health/union.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { smallInventory, writeInventory } from "../inventory/synthetic-inventory.ts";
import { temporaryDirectory } from "../store/place.ts";
import { NOW, port, rated, sample, silent } from "./samples.ts";

/** Every way the two devices of a small province can be found in. */
const answers = {
  up: (id: string, name: string) => sample(id, NOW, { components: [port(name)] }),
  "port-down": (id: string, name: string) => sample(id, NOW, { components: [port(name, { oper: "down" })] }),
  shut: (id: string, name: string) =>
    sample(id, NOW, { components: [port(name, { admin: "down", oper: "down" })] }),
  silent: (id: string) => silent(id, NOW),
  unasked: () => undefined,
};

test("two pollers with an end each: the union is what one with both would say, of everything", async () => {
  const directory = temporaryDirectory();
  writeInventory(directory, smallInventory());
  const inventory = await loadInventory(directory, { cacheDirectory: false });
  const topology = buildTopology(inventory);
  const seenBy = (...samples: (DeviceSample | undefined)[]) => {
    const known = samples.filter((one) => one !== undefined);
    const snapshot = evaluate({ inventory, topology, samples: rated(...known), nowMs: NOW });
    return new Map(observationsOf(snapshot, NOW, 60_000).map((one) => [one.subject, one]));
  };
  for (const [upper, upperAnswer] of Object.entries(answers)) {
    for (const [lower, lowerAnswer] of Object.entries(answers)) {
      // That a silent device forwards all the same is seen only by one who asks what is behind it.
      if (upper === "silent" && lower !== "silent" && lower !== "unasked") continue;
      const center = upperAnswer("rt-center", "GigabitEthernet0/0");
      const commune = lowerAnswer("rt-commune", "ether1");
      const [whole, first, second] = [seenBy(center, commune), seenBy(center), seenBy(commune)];
      for (const [subject, truth] of whole) {
        const union = stateOfSeveral(subject, [first.get(subject)!, second.get(subject)!]);
        // A service counts as there or not: whether a fault of its line makes it worse takes one who sees both ends.
        const plain = (state: string) =>
          subject.startsWith("link/") ? state : ({ unreachable: "down", degraded: "up" }[state] ?? state);
        expect(plain(union.state), `${subject}, ${upper} above ${lower}`).toBe(plain(truth.state));
        expect(stateOfSeveral(subject, [second.get(subject)!, first.get(subject)!]).state).toBe(union.state);
      }
    }
  }
});
