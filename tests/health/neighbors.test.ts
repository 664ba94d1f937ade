import { expect, test } from "vitest";
import { neighborsOf } from "../../src/health/neighbors.ts";
import { NOW, part, rated, sample } from "./samples.ts";

test("LLDP neighbours of the newest sample become hints; those without a name none", () => {
  const seen = (name: string) =>
    part("lldp-neighbor", name, {}, { systemName: name, localPort: "ge1", portId: "ge9" });
  const samples = rated(
    sample("r", NOW - 60_000, { components: [seen("gone")] }),
    sample("r", NOW, { components: [seen("sw"), part("lldp-neighbor", "x", {}, { chassisId: "00:11" })] }),
  );
  expect(neighborsOf(samples)).toEqual([
    { device: "r", localInterface: "ge1", remoteName: "sw", remoteInterface: "ge9" },
  ]);
});
