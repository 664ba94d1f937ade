// Cases that the property tests found, shrunk; each failed once.
import { test } from "vitest";
import type { ProgramResource } from "./program.ts";
import { converges, type Sequence, staysValid } from "./sequences.ts";

type Given = Partial<ProgramResource> & Pick<ProgramResource, "name">;

const resource = (given: Given): ProgramResource => ({
  kind: "custom",
  dependsOn: [],
  uses: [],
  value: 0,
  key: 0,
  dbrKey: 0,
  provider: 0,
  protect: false,
  retainOnDelete: false,
  ignoreChanges: [],
  ...given,
});

const up = (
  resources: readonly Given[],
  more: Partial<Sequence[number]> = {},
  region = 0,
): Sequence[number] => ({
  kind: "up",
  faults: {},
  continueOnError: false,
  targetDependents: false,
  target: undefined,
  exclude: undefined,
  replace: undefined,
  drift: undefined,
  program: {
    resources: resources.map(resource),
    providers: [
      { region, note: 0 },
      { region: 0, note: 0 },
    ],
    throwsAfter: undefined,
  },
  ...more,
});

/** A program that throws when it has registered two resources. */
const failing: Sequence[number]["program"] = {
  ...up([{ name: "d", retainOnDelete: true }, { name: "a", replaceWith: 0 }, { name: "c" }]).program,
  throwsAfter: 2,
};

test("what a targeted update leaves as it was and what it replaces refer to each other in a circle", () =>
  staysValid([
    up([
      { name: "b", retainOnDelete: true },
      { name: "a" },
      { name: "d", replaceWith: 0 },
      { name: "c", kind: "component", deletedWith: 1 },
      { name: "e", kind: "external" },
    ]),
    up([], { target: "a", program: failing }),
    up(
      [
        { name: "b", deleteBeforeReplace: true },
        { name: "c", kind: "component", deletedWith: 0 },
        { name: "d" },
        { name: "e", kind: "external", dependsOn: [1] },
        { name: "a", replaceWith: 3 },
        { name: "f" },
      ],
      { target: "b" },
      1,
    ),
  ]));

test("a destroy with the program, of a target that took over a name that something else refers to", () =>
  staysValid([
    up([
      { name: "d", kind: "external" },
      { name: "e", kind: "component" },
      { name: "f" },
      { name: "b", kind: "component", dependsOn: [0] },
    ]),
    { ...up([{ name: "c", alias: "d" }, { name: "f" }], { target: "c" }), kind: "destroy-program" },
  ]));

test("a refresh with the program, in which what depends on what is the other way round", () =>
  staysValid([
    up([{ name: "b" }, { name: "a", dependsOn: [0] }]),
    {
      ...up([
        { name: "a", kind: "external" },
        { name: "b", uses: [{ index: 0, as: "value" }] },
      ]),
      kind: "refresh-program",
    },
    { ...up([]), kind: "refresh" },
  ]));

test("what goes ahead of a replacement only because it is replaced with it has a provider that is replaced", () =>
  converges([
    up(
      [
        { name: "c", provider: 1 },
        { name: "b", replaceWith: 0 },
      ],
      {},
      1,
    ),
    up([{ name: "c", dbrKey: 1 }, { name: "f" }]),
  ]));
