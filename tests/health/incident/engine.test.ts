import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Inventory } from "../../../src/inventory/model.ts";
import type { DeviceSample } from "../../../src/samples/types.ts";
import { province } from "../../topology/province.ts";
import { measurement as m, NOW, part, port, sample, silent } from "../samples.ts";
import { Run, told } from "./run.ts";

const MINUTE = 60_000;
const BOOT = Date.UTC(2026, 9, 1);
const communes = ["c1", "c2", "c3", "c4"];

/** center — district — four communes; c1 has a backup over another carrier, and a UPS. */
function small(extra: Partial<Parameters<typeof province>[0]> = {}): Inventory {
  return province({
    devices: [
      { id: "core", site: "center" },
      { id: "district", site: "district" },
      ...communes.flatMap((id) => [
        { id, site: id },
        { id: `${id}-sw`, site: id, role: "switch" },
      ]),
      { id: "c1-ups", site: "c1", role: "ups" },
    ],
    links: [
      { id: "trunk", a: "core/ge0", b: "district/ge0", carrier: "VNPT" },
      ...communes.map((id, at) => ({
        id: `l-${id}`,
        a: `district/ge${at + 1}`,
        b: `${id}/ge0`,
        carrier: "VNPT",
        ...(id === "c1" && { group: { id: "c1", role: "primary" } }),
      })),
      { id: "b-c1", a: "district/ge9", b: "c1/ge1", carrier: "Viettel", group: { id: "c1", role: "backup" } },
    ],
    ...extra,
  });
}

type Faults = {
  silent?: readonly string[];
  down?: readonly string[];
  shut?: readonly string[];
  parts?: Record<string, DeviceSample["components"]>;
  bootMs?: Record<string, number>;
  missing?: readonly string[];
};

/** The samples of one cycle: everything well but for these. Ports as "device/ge0". */
function samplesOf(inventory: Inventory, faults: Faults = {}) {
  return (atMs: number): DeviceSample[] =>
    [...inventory.devices.keys()].flatMap((id) => {
      if (faults.missing?.includes(id)) return [];
      if (faults.silent?.includes(id)) return [silent(id, atMs)];
      const ports = ["ge0", "ge1", "ge2", "ge3", "ge4", "ge9"].map((name) =>
        port(name, {
          oper:
            faults.down?.includes(`${id}/${name}`) || faults.shut?.includes(`${id}/${name}`) ? "down" : "up",
          admin: faults.shut?.includes(`${id}/${name}`) ? "down" : "up",
        }),
      );
      return [
        sample(id, atMs, {
          components: [...ports, ...(faults.parts?.[id] ?? [])],
          incarnation: { sysUpTimeTicks: Math.round((atMs - (faults.bootMs?.[id] ?? BOOT)) / 10) },
        }),
      ];
    });
}

const tree = small();
const well = samplesOf(tree);
const all = [...tree.devices.keys()];
const behindTrunk = all.filter((id) => id !== "core");
const cutTrunk = samplesOf(tree, { down: ["core/ge0"], silent: behindTrunk });

describe("an outage from its beginning to its end", () => {
  test("a cut trunk is one incident with what hangs on it, not one for each device behind it", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    expect(told(run.cycle(1, cutTrunk))).toEqual(["opened link/trunk outage"]);
    run.cycle(2, cutTrunk);
    const [running] = [...run.state.incidents.values()];
    expect(running).toMatchObject({ severity: "critical", impact: "cut-off", startMs: NOW + MINUTE });
    expect(running?.affected.devices).toEqual(behindTrunk.filter((id) => id !== "core").toSorted());
    expect(running?.affected.agencies).toEqual(["c1", "c2", "c3", "c4", "district"]);
    expect(told(run.cycle(3, well))).toEqual(["closed link/trunk outage"]);
    expect(run.incidents).toMatchObject([{ startMs: NOW + MINUTE, endMs: NOW + 3 * MINUTE }]);
  });

  test("what hangs on it is measured all the same, and its recovery is its own", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    run.cycle(1, cutTrunk);
    const unreachable = run.observations.filter(
      ({ atMs, state }) => atMs === NOW + MINUTE && state === "unreachable",
    );
    expect(unreachable.map(({ subject }) => subject)).toContain("device/c3");
    // The trunk is back, one commune is not: that is an outage of its own now.
    expect(told(run.cycle(2, samplesOf(tree, { silent: ["c3", "c3-sw"] })))).toEqual([
      "closed link/trunk outage",
      "opened device/c3 outage",
    ]);
  });

  test("a nearer cause found later takes the incident over, under the identity that people know", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    // The center was not asked in this cycle: all that is known is that the district does not answer.
    const early = run.cycle(1, samplesOf(tree, { silent: behindTrunk }));
    expect(told(early)).toEqual(["opened device/district outage"]);
    const events = run.cycle(2, cutTrunk);
    expect(told(events)).toEqual(["changed link/trunk outage"]);
    const [incident] = run.incidents;
    expect(incident).toMatchObject({
      id: "incident" in early[0]! ? early[0].incident.id : "",
      subject: { kind: "link", id: "trunk" },
      startMs: NOW + MINUTE,
      revision: 2,
      revisions: [{ reason: "nearer-cause", before: { subject: { kind: "device", id: "district" } } }],
    });
    run.cycle(3, well);
    expect(run.incidents).toHaveLength(1);
    expect(run.incidents[0]).toMatchObject({ endMs: NOW + 3 * MINUTE });
  });

  test("forty silent devices whose cause is found a cycle later become parts of one incident", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    const lost = samplesOf(tree, {
      silent: ["c1", "c1-sw", "c1-ups", "c2", "c2-sw", "c3", "c3-sw", "c4", "c4-sw"],
    });
    expect(told(run.cycle(1, lost)).filter((text) => text.startsWith("opened"))).toHaveLength(4);
    const events = run.cycle(2, cutTrunk);
    expect(told(events).toSorted()).toEqual([
      "changed link/trunk outage",
      "merged device/c2 outage",
      "merged device/c3 outage",
      "merged device/c4 outage",
    ]);
    expect(run.state.incidents.size).toBe(1);
  });

  test("what is not measured neither ends nor begins anything", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    run.cycle(1, samplesOf(tree, { silent: ["c3", "c3-sw"] }));
    const skipped = (atMs: number) =>
      well(atMs).map((one) =>
        one.device === "c3" ? { ...one, outcome: "skipped" as const, components: [] } : one,
      );
    expect(told(run.cycle(2, skipped))).toEqual([]);
    expect(run.state.incidents.size).toBe(1);
    expect(told(run.cycle(3, well))).toEqual(["closed device/c3 outage"]);
  });

  test("a device that answers again but refuses to be measured is no outage any more", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    run.cycle(1, samplesOf(tree, { silent: ["c3", "c3-sw"] }));
    const refusing = (atMs: number) =>
      well(atMs).map((one) =>
        one.device === "c3"
          ? {
              ...one,
              outcome: "unauthenticated" as const,
              components: [],
              error: { code: "x", message: "no" },
            }
          : one,
      );
    expect(told(run.cycle(2, refusing))).toEqual(["closed device/c3 outage"]);
    expect(told(run.cycle(3, refusing))).toEqual(["opened device/c3 unauthenticated"]);
    expect(run.incidents.find(({ code }) => code === "unauthenticated")?.cause.kind).toBe("configuration");
  });
});

describe("primary and backup", () => {
  test("on the backup: a warning; both lost: critical, though the primary's incident is the same", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    run.cycle(1, samplesOf(tree, { down: ["district/ge1"] }));
    expect(run.incidents).toMatchObject([
      { subject: { id: "l-c1" }, severity: "warning", impact: "on-backup" },
    ]);
    const events = run.cycle(
      2,
      samplesOf(tree, { down: ["district/ge1", "district/ge9"], silent: ["c1", "c1-sw", "c1-ups"] }),
    );
    expect(told(events).toSorted()).toEqual(["changed link/l-c1 outage", "opened link/b-c1 outage"]);
    expect(run.incidents.map(({ impact, severity }) => `${impact} ${severity}`)).toEqual([
      "cut-off critical",
      "cut-off critical",
    ]);
  });
});

describe("flapping", () => {
  test("P5: what comes and goes is one incident from the n-th change on, and ends when it has been quiet", () => {
    const run = new Run(tree, {
      rules: { flapChanges: 5, flapWindowMs: 30 * MINUTE, flapQuietMs: 10 * MINUTE },
    });
    run.cycle(0, well);
    const down = samplesOf(tree, { down: ["district/ge3"] });
    for (let minute = 1; minute <= 9; minute++) run.cycle(minute, minute % 2 === 1 ? down : well);
    for (let minute = 10; minute <= 25; minute++) run.cycle(minute, well);
    expect(run.incidents).toMatchObject([
      { subject: { id: "l-c3" }, startMs: NOW + MINUTE, endMs: NOW + 10 * MINUTE, flapping: { changes: 10 } },
    ]);
    expect(told(run.events).filter((text) => text.startsWith("opened"))).toHaveLength(3);
    expect(told(run.events).filter((text) => text.startsWith("merged"))).toHaveLength(2);
    expect(told(run.events).at(-1)).toBe("closed link/l-c3 outage");
    expect(run.state.tracks.size).toBe(1);
  });

  test("P5: everything down and up again in one cycle: one incident, one recovery, nothing left behind", () => {
    const run = new Run(tree, { rules: { flapWindowMs: 5 * MINUTE } });
    run.cycle(0, well);
    run.cycle(1, cutTrunk);
    run.cycle(2, well);
    for (let minute = 3; minute < 12; minute++) run.cycle(minute, well);
    expect(told(run.events)).toEqual(["opened link/trunk outage", "closed link/trunk outage"]);
    expect(run.state).toMatchObject({ tracks: new Map(), incidents: new Map(), recent: new Map() });
  });
});

describe("limits", () => {
  const busy = (percent: number) =>
    samplesOf(tree, {
      parts: { core: [part("processor", "cpu", { busyPercent: m.gauge(percent, "percent") })] },
    });

  test("two samples over raise, two samples under by the margin clear; what hovers does neither", () => {
    const run = new Run(tree);
    run.cycle(0, busy(50));
    expect(told(run.cycle(1, busy(85)))).toEqual([]);
    expect(told(run.cycle(2, busy(50)))).toEqual([]);
    run.cycle(3, busy(85));
    expect(told(run.cycle(4, busy(85)))).toEqual(["opened device/core processor-busy"]);
    // 78 is under the limit of 80, but not by the margin.
    for (const minute of [5, 6, 7, 8]) expect(told(run.cycle(minute, busy(78)))).toEqual([]);
    run.cycle(9, busy(70));
    expect(told(run.cycle(10, busy(70)))).toEqual(["closed device/core processor-busy"]);
    expect(run.incidents).toMatchObject([
      { startMs: NOW + 3 * MINUTE, endMs: NOW + 9 * MINUTE, kind: "fault" },
    ]);
  });
});

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

describe("time", () => {
  test("P3: a poller that was down is a gap, not an outage; what runs through it says what is unknown", () => {
    const run = new Run(tree);
    for (const minute of [0, 1, 2]) run.cycle(minute, well);
    run.cycle(3, samplesOf(tree, { down: ["district/ge3"] }));
    const events = run.cycle(63, samplesOf(tree, { down: ["district/ge3"] }));
    expect(events).toEqual([
      expect.objectContaining({ kind: "gap", fromMs: NOW + 5 * MINUTE, toMs: NOW + 63 * MINUTE }),
    ]);
    run.cycle(64, well);
    expect(run.incidents).toMatchObject([
      {
        startMs: NOW + 3 * MINUTE,
        endMs: NOW + 64 * MINUTE,
        unknown: [{ fromMs: NOW + 5 * MINUTE, toMs: NOW + 63 * MINUTE }],
      },
    ]);
  });

  test("P3: a clock that goes back changes nothing that was told, and nothing begins before it", () => {
    const run = new Run(tree);
    for (const minute of [0, 1, 2]) run.cycle(minute, well);
    run.cycle(3, samplesOf(tree, { down: ["district/ge3"] }));
    run.cycle(4, well);
    const before = structuredClone(run.incidents);
    const events = run.cycle(-56, samplesOf(tree, { down: ["district/ge4"] }));
    expect(told(events)).toEqual(["clock-step", "opened link/l-c4 outage"]);
    expect(run.incidents.slice(0, 1)).toEqual(before);
    expect(run.incidents[1]).toMatchObject({ startMs: NOW + 4 * MINUTE });
    expect(told(run.cycle(-55, well))).toEqual(["closed link/l-c4 outage"]);
  });

  test("planned: the part of an outage inside a window, by the province's clock", () => {
    const inventory = small({
      maintenance: [
        {
          id: "works",
          links: ["l-c3"],
          from: "2026-11-17T08:02",
          until: "2026-11-17T08:04",
          repeat: "weekly",
        },
      ],
    });
    const run = new Run(inventory);
    run.cycle(0, samplesOf(inventory));
    for (const minute of [1, 2, 3, 4, 5]) run.cycle(minute, samplesOf(inventory, { down: ["district/ge3"] }));
    run.cycle(6, samplesOf(inventory));
    expect(run.incidents).toMatchObject([
      { planned: [{ fromMs: NOW + 2 * MINUTE, toMs: NOW + 4 * MINUTE }] },
    ]);
  });
});

describe("whatever happens", () => {
  const faulty = fc.record({
    silent: fc.subarray(behindTrunk),
    down: fc.subarray(["core/ge0", "district/ge1", "district/ge2", "district/ge3", "district/ge9"]),
    missing: fc.subarray(all),
  });
  const steps = fc.array(fc.tuple(fc.integer({ min: -3, max: 12 }), faulty), { minLength: 1, maxLength: 25 });

  test("one incident of a thing at a time; every begun one runs or has an end; the order of polling changes nothing", () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const [run, mirrored] = [new Run(tree), new Run(tree)];
        let minute = 0;
        for (const [by, faults] of plan) {
          minute += by;
          run.cycle(minute, samplesOf(tree, faults));
          mirrored.cycle(minute, (atMs) => samplesOf(tree, faults)(atMs).toReversed());
          const running = [...run.state.incidents.values()];
          const keys = running.map(({ subject, code }) => `${subject.kind}/${subject.id}/${code}`);
          expect(new Set(keys).size).toBe(keys.length);
        }
        expect(mirrored.events).toEqual(run.events);
        const open = new Set<string>();
        for (const event of run.events) {
          if (event.kind === "opened") {
            expect(open.has(event.incident.id)).toBe(false);
            open.add(event.incident.id);
          }
          if (event.kind === "closed") {
            expect(open.delete(event.incident.id)).toBe(true);
            expect(event.incident.endMs).toBeGreaterThanOrEqual(event.incident.startMs);
          }
          if (event.kind === "merged") open.delete(event.incident.id);
          if (event.kind === "changed") expect(open.has(event.incident.id)).toBe(true);
        }
        expect([...run.state.incidents.keys()].toSorted()).toEqual([...open].toSorted());
      }),
      { numRuns: 40 },
    );
  });
});
