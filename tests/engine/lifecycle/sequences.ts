// What has to hold after a sequence of operations over one stack.
import type fc from "fast-check";
import { expect } from "vitest";
import { UrnTargets } from "../../../src/engine/urn/targets.ts";
import { nameOf } from "../../../src/engine/urn/urn.ts";
import type { steps } from "./arbitraries.ts";
import { Cloud } from "./cloud.ts";
import { externalId, type Program } from "./program.ts";
import { MemoryStack } from "./stack.ts";

/** Operations, one after the other: each with its program, its failures and its options. */
export type Sequence = typeof steps extends fc.Arbitrary<infer T> ? T : never;

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

/** Failing providers, drift, targets: the state holds together, and every object that was made is in it. */
export async function staysValid(sequence: Sequence): Promise<void> {
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
      replaceTargets: step.kind === "up" || step.kind === "preview" ? named(step.replace) : named(undefined),
    });
    keepCount(stack, step.program, retained);
    expect(orphans(stack, retained)).toEqual([]);
  }
}

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

/** Without failures: what was asked for is there, a second update finds nothing to do, and a destroy leaves nothing. */
export async function converges(sequence: Sequence): Promise<void> {
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
}
