/** Arbitrary device samples for property tests: every outcome, every part present or not, any numbers and texts. */
import fc from "fast-check";
import type { Component, DeviceSample, Measurement, Reachability } from "../../src/samples/types.ts";

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const anyNumber = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.integer({ min: -10_000, max: 10_000 }).map((n) => n / 100),
);
const milliseconds = fc.integer({ min: 0, max: 100_000_000 }).map((n) => n / 1000);
const defined = <Value extends object>(arbitrary: fc.Arbitrary<Value>) =>
  arbitrary.map(
    (value) => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Value,
  );

const measurement: fc.Arbitrary<Measurement> = fc.oneof(
  fc.record({ kind: fc.constant("counter64" as const), value: fc.bigInt(0n, 2n ** 64n - 1n), unit: text }),
  fc.record({
    kind: fc.constant("counter32" as const),
    value: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    unit: text,
  }),
  fc.record({ kind: fc.constant("gauge" as const), value: anyNumber }),
  defined(
    fc.record({
      kind: fc.constant("state" as const),
      value: fc.integer({ min: 0, max: 255 }),
      word: fc.option(text, { nil: undefined }),
      severity: fc.option(fc.constantFrom("ok", "warning", "critical", "unknown"), { nil: undefined }),
    }) as fc.Arbitrary<Measurement>,
  ),
);

const component: fc.Arbitrary<Component> = fc.record({
  class: fc.constantFrom("interface", "fan", "bgp-peer", "ups"),
  key: text,
  label: text,
  index: text,
  attributes: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(text, fc.integer())),
  measurements: fc.dictionary(fc.stringMatching(/^[a-zA-Z]{1,12}$/), measurement, { maxKeys: 12 }),
});

const reachability: fc.Arbitrary<Reachability> = defined(
  fc.record({
    method: fc.constantFrom("icmp", "snmp", "tcp"),
    sent: fc.nat(20),
    received: fc.nat(20),
    rttMs: fc.option(fc.record({ min: milliseconds, mean: milliseconds, max: milliseconds }), {
      nil: undefined,
    }),
    jitterMs: fc.option(milliseconds, { nil: undefined }),
  }) as fc.Arbitrary<Reachability>,
);

export function anySample(): fc.Arbitrary<DeviceSample> {
  return defined(
    fc.record({
      device: fc.constant("device"),
      atMs: fc.integer({ min: 1_500_000_000_000, max: 1_900_000_000_000 }),
      monotonicMs: fc.oneof(milliseconds, fc.double({ noNaN: true, min: 0, max: 1e12 })),
      pollerEpoch: text,
      durationMs: milliseconds,
      outcome: fc.constantFrom(
        "complete",
        "partial",
        "no-answer",
        "refused",
        "unauthenticated",
        "unresolved",
        "invalid",
        "skipped",
      ),
      error: fc.option(
        defined(fc.record({ code: text, message: text, fix: fc.option(text, { nil: undefined }) })),
        { nil: undefined },
      ),
      incarnation: defined(
        fc.record({
          engineBoots: fc.option(fc.nat(), { nil: undefined }),
          sysUpTimeTicks: fc.option(fc.nat(2 ** 32 - 1), { nil: undefined }),
          hostUpTimeTicks: fc.option(fc.nat(2 ** 32 - 1), { nil: undefined }),
          engineTimeSeconds: fc.option(fc.nat(2 ** 31 - 1), { nil: undefined }),
        }),
      ),
      reachability: fc.option(reachability, { nil: undefined }),
      system: fc.option(
        defined(
          fc.record({
            sysDescr: fc.option(text, { nil: undefined }),
            sysName: fc.option(text, { nil: undefined }),
            family: text,
          }),
        ),
        { nil: undefined },
      ),
      components: fc.array(component, { maxLength: 6 }),
      incomplete: fc.array(fc.constantFrom("interface", "fan"), { maxLength: 2 }),
      absent: fc.dictionary(fc.constantFrom("fan", "storage"), text) as fc.Arbitrary<DeviceSample["absent"]>,
    }) as fc.Arbitrary<DeviceSample>,
  );
}
