// In the manner of Pulumi's own lifecycle fuzz: random programs, one operation after the other over one state,
// providers that fail, things that change outside; after every operation the state has to hold together, and so
// does what a crash at any entry of the journal would have left. LIFECYCLE_CASES sets how many (default 10,000).
import fc from "fast-check";
import { expect, test } from "vitest";
import { UrnTargets } from "../../../src/engine/urn/targets.ts";
import { nameOf } from "../../../src/engine/urn/urn.ts";
import { steps } from "./arbitraries.ts";
import { Cloud } from "./cloud.ts";
import { externalId, type Program } from "./program.ts";
import { MemoryStack } from "./stack.ts";

const cases = Number(process.env.LIFECYCLE_CASES ?? 10_000);

function newCloud(): Cloud {
  const cloud = new Cloud();
  cloud.objects.set(externalId, {
    name: externalId,
    inputs: { value: 0 },
    outputs: { value: 0, result: "theirs" },
  });
  return cloud;
}

/** Objects that may outlive their resource: it is retained, or goes with another one (which this cloud does not do). */
function keepCount(stack: MemoryStack, program: Program, retained: Set<string>): void {
  const outlives = ({ retainOnDelete, deletedWith }: { retainOnDelete: boolean; deletedWith?: unknown }) =>
    retainOnDelete || (deletedWith !== undefined && deletedWith !== "");
  const names = new Set(program.resources.filter(outlives).flatMap(({ name, alias }) => [name, alias]));
  for (const resource of stack.snapshot.resources) {
    if (outlives(resource) || names.has(nameOf(resource.urn))) retained.add(resource.id);
  }
}

/** Objects that were made and that no state knows of: lost to everybody. */
function orphans(stack: MemoryStack, retained: ReadonlySet<string>): string[] {
  const known = new Set(stack.snapshot.resources.map((resource) => resource.id));
  return [...stack.cloud.objects.keys()].filter(
    (id) => id !== externalId && !known.has(id) && !retained.has(id),
  );
}

const named = (name: string | undefined) => new UrnTargets(name === undefined ? [] : [`**::${name}`]);

test(`no operation turns a valid state into an invalid one (${cases} cases)`, {
  timeout: 1_800_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const stack = new MemoryStack(newCloud());
      const retained = new Set<string>();
      for (const step of sequence) {
        stack.cloud.faults = step.faults;
        keepCount(stack, step.program, retained);
        for (const resource of stack.snapshot.resources) {
          if (step.drift && resource.urn.endsWith(`::${step.drift}`) && !resource.external) {
            stack.cloud.drift(resource.id, step.program.throwsAfter === undefined ? { value: 9 } : undefined);
          }
        }
        await stack.operate(step.kind, step.program, {
          continueOnError: step.continueOnError,
          targets: named(step.target),
          excludes: step.target === undefined ? named(step.exclude) : named(undefined),
          targetDependents: step.targetDependents,
          replaceTargets:
            step.kind === "up" || step.kind === "preview" ? named(step.replace) : named(undefined),
        });
        keepCount(stack, step.program, retained);
        expect(orphans(stack, retained)).toEqual([]);
      }
    }),
    { numRuns: cases, seed: Number(process.env.LIFECYCLE_SEED ?? 20_200_115), endOnFailure: false },
  );
});

/** A program without anything that keeps an update from being done. */
const harmless = (program: Program): Program => ({
  ...program,
  throwsAfter: undefined,
  resources: program.resources.map((resource) => ({
    ...resource,
    protect: false,
    retainOnDelete: false,
    deletedWith: undefined,
    alias: undefined,
  })),
});

test("what was done without a failure is done: again it is the same, and destroyed nothing is left", {
  timeout: 1_800_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const stack = new MemoryStack(newCloud());
      for (const { program } of sequence) {
        const wanted = harmless(program);
        const done = await stack.operate("up", wanted);
        expect(done.failed).toBe(false);
        const names = (kinds: string[]) =>
          wanted.resources
            .filter((r) => kinds.includes(r.kind))
            .map((r) => r.name)
            .sort();
        const held = stack.snapshot.resources.filter((r) => r.type.startsWith("mem:"));
        expect(held.map((r) => r.urn.split("::").pop()).sort()).toEqual(
          names(["custom", "component", "external"]),
        );
        expect(held.every((r) => !r.delete && !r.pendingReplacement)).toBe(true);
        const again = await stack.operate("up", wanted);
        expect(again.failed).toBe(false);
        expect(Object.keys(again.changes).filter((op) => op !== "same")).toEqual([]);
        expect(stack.cloud.objects.size).toBe(names(["custom"]).length + 1);
      }
      const gone = await stack.operate("destroy", { resources: [], providers: [] });
      expect(gone.failed).toBe(false);
      expect(stack.snapshot.resources).toEqual([]);
      expect([...stack.cloud.objects.keys()]).toEqual([externalId]);
    }),
    {
      numRuns: Math.ceil(cases / 10),
      seed: Number(process.env.LIFECYCLE_SEED ?? 20_200_115),
      endOnFailure: false,
    },
  );
});
