// Random programs: resources in an order in which each refers only to earlier ones.
import fc from "fast-check";
import type { Method } from "./cloud.ts";
import type { Program, ProgramResource } from "./program.ts";
import type { OperationKind } from "./stack.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];

const earlier = (index: number) => fc.nat(Math.max(0, index - 1));
const sometimes = <T>(value: fc.Arbitrary<T>, freq: number) => fc.option(value, { nil: undefined, freq });

function resource(name: string, index: number): fc.Arbitrary<ProgramResource> {
  const references = index === 0 ? fc.constant([]) : fc.uniqueArray(earlier(index), { maxLength: 2 });
  const one = index === 0 ? fc.constant(undefined) : sometimes(earlier(index), 8);
  return fc.record({
    name: fc.constant(name),
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constant("custom" as const) },
      { weight: 2, arbitrary: fc.constant("component" as const) },
      { weight: 1, arbitrary: fc.constant("external" as const) },
    ),
    parent: one,
    dependsOn: references,
    uses:
      index === 0
        ? fc.constant([])
        : fc.uniqueArray(
            fc.record({ index: earlier(index), as: fc.constantFrom("value" as const, "key" as const) }),
            {
              maxLength: 2,
              selector: (use) => use.index,
            },
          ),
    value: fc.nat(2),
    key: fc.nat(1),
    dbrKey: fc.nat(1),
    provider: fc.nat(1),
    protect: fc.oneof(
      { weight: 9, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    retainOnDelete: fc.oneof(
      { weight: 9, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    deleteBeforeReplace: sometimes(fc.boolean(), 4),
    deletedWith: one,
    replaceWith: one,
    alias: sometimes(fc.constantFrom(...NAMES, "old"), 6),
    ignoreChanges: fc.oneof(
      { weight: 9, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.constant(["value"]) },
    ),
  });
}

export const programs: fc.Arbitrary<Program> = fc
  .shuffledSubarray(NAMES, { minLength: 0 })
  .chain((names) =>
    fc.record({
      resources: fc.tuple(...names.map(resource)) as unknown as fc.Arbitrary<ProgramResource[]>,
      providers: fc.array(fc.record({ region: fc.nat(1), note: fc.nat(1) }), { minLength: 2, maxLength: 2 }),
      throwsAfter: sometimes(fc.nat(5), 8),
    }),
  )
  .map((program) => ({ ...program, resources: program.resources.map(possible(program.resources)) }));

/** References that mean something: a component as parent, custom resources where an id is used. */
function possible(all: readonly ProgramResource[]) {
  return (given: ProgramResource): ProgramResource => {
    const isComponent = (index: number | undefined) =>
      index !== undefined && all[index]?.kind === "component";
    const notComponent = (index: number) => !isComponent(index);
    const plain = given.kind !== "external";
    return {
      ...given,
      parent: isComponent(given.parent) ? given.parent : undefined,
      uses: given.kind === "custom" ? given.uses.filter((use) => notComponent(use.index)) : [],
      deletedWith:
        plain && given.deletedWith !== undefined && notComponent(given.deletedWith)
          ? given.deletedWith
          : undefined,
      replaceWith:
        given.kind === "custom" && given.replaceWith !== undefined && notComponent(given.replaceWith)
          ? given.replaceWith
          : undefined,
      alias: given.alias === given.name || given.kind === "external" ? undefined : given.alias,
    };
  };
}

export const operations: fc.Arbitrary<OperationKind> = fc.oneof(
  { weight: 10, arbitrary: fc.constant("up" as const) },
  { weight: 2, arbitrary: fc.constant("preview" as const) },
  { weight: 2, arbitrary: fc.constant("refresh" as const) },
  { weight: 2, arbitrary: fc.constant("destroy" as const) },
  { weight: 1, arbitrary: fc.constant("destroy-program" as const) },
  { weight: 1, arbitrary: fc.constant("refresh-program" as const) },
);

const method = fc.constantFrom<Method>("create", "update", "delete", "read");

export const faults = fc.dictionary(
  fc.tuple(method, fc.constantFrom(...NAMES)).map(([call, name]) => `${call}:${name}`),
  fc.constantFrom("refuse" as const, "unknown" as const, "init" as const),
  { maxKeys: 2 },
);

export const steps = fc.array(
  fc.record({
    kind: operations,
    program: programs,
    faults: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: faults }),
    continueOnError: fc.boolean(),
    target: sometimes(fc.constantFrom(...NAMES), 6),
    exclude: sometimes(fc.constantFrom(...NAMES), 8),
    targetDependents: fc.boolean(),
    replace: sometimes(fc.constantFrom(...NAMES), 8),
    drift: sometimes(fc.constantFrom(...NAMES), 4),
  }),
  { minLength: 1, maxLength: 4 },
);
