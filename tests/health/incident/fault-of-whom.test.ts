/** Whose fault an outage was, by the evidence. */
import { describe, expect, test } from "vitest";
import { measurement as m, NOW, part } from "../samples.ts";
import { type Faults, MINUTE, samplesOf, tree, well } from "./district.ts";
import { Run, told } from "./run.ts";

describe("whose fault", () => {
  const causeAfter = (faults: Faults, back: Faults = {}, before: Faults = {}) => {
    const run = new Run(tree);
    run.cycle(0, samplesOf(tree, before));
    run.cycle(1, samplesOf(tree, faults));
    run.cycle(2, samplesOf(tree, faults));
    run.cycle(3, samplesOf(tree, back));
    const [incident] = run.incidents;
    return {
      kind: incident?.cause.kind,
      carrier: incident?.cause.carrier,
      codes: incident?.cause.evidence.map(({ code }) => code).toSorted(),
    };
  };
  const site = ["c1", "c1-sw", "c1-ups"];
  const both = ["district/ge1", "district/ge9"];

  test("the carrier: the line is gone, and the router answers over the other way", () => {
    expect(causeAfter({ down: ["district/ge1"] })).toEqual({
      kind: "carrier",
      carrier: "VNPT",
      codes: ["far-end-alive", "no-restart", "port-down"],
    });
  });

  test("the carrier, known only afterwards: the router did not restart while it was cut off", () => {
    expect(causeAfter({ down: ["district/ge2"], silent: ["c2", "c2-sw"] })).toMatchObject({
      kind: "carrier",
      codes: ["no-restart", "port-down"],
    });
  });

  test("power: a UPS of the site ran on battery before everything went silent", () => {
    const onBattery = {
      parts: { "c1-ups": [part("ups", "ups", { outputSource: m.state("battery", "warning") })] },
    };
    const run = new Run(tree);
    run.cycle(0, samplesOf(tree, onBattery));
    run.cycle(1, samplesOf(tree, onBattery));
    run.cycle(2, samplesOf(tree, { down: both, silent: site }));
    run.cycle(3, samplesOf(tree, { bootMs: Object.fromEntries(site.map((id) => [id, NOW + 2.5 * MINUTE])) }));
    const outages = run.incidents.filter(({ kind }) => kind === "outage");
    expect(outages.map(({ cause }) => cause.kind)).toEqual(["power", "power"]);
    expect(outages[0]?.cause.evidence.map(({ code }) => code)).toContain("ups-on-battery");
    // The restart that the outage explains is not told beside it.
    expect(run.incidents.filter(({ kind }) => kind === "restart")).toEqual([]);
  });

  test("power: a last gasp of the device", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    const hints = [{ atMs: NOW + 30_000, device: "c2", code: "last-gasp" as const }];
    run.cycle(1, samplesOf(tree, { down: ["district/ge2"], silent: ["c2", "c2-sw"] }), { hints });
    expect(run.incidents[0]?.cause.kind).toBe("power");
  });

  test("the device: it restarted", () => {
    expect(causeAfter({ silent: ["c3", "c3-sw"] }, { bootMs: { c3: NOW + 2.5 * MINUTE } })).toMatchObject({
      kind: "device",
      codes: ["restarted", "way-open"],
    });
  });

  test("configuration: somebody shut the port", () => {
    expect(causeAfter({ shut: ["district/ge2"], silent: ["c2", "c2-sw"] })).toMatchObject({
      kind: "configuration",
    });
  });

  test("unknown: a silent device whose way is open, and that did not restart", () => {
    expect(causeAfter({ silent: ["c3", "c3-sw"] })).toMatchObject({
      kind: "unknown",
      codes: ["no-restart", "way-open"],
    });
  });

  test("a restart between two polls is told, with its moment, and only once", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    for (const minute of [1, 2, 3]) run.cycle(minute, samplesOf(tree, { bootMs: { c3: NOW + 40_000 } }));
    expect(told(run.events)).toEqual(["opened device/c3 restart", "closed device/c3 restart"]);
  });
});
