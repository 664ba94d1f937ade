import { describe, expect, test } from "vitest";
import type {
  EngineEvent,
  EventBody,
  Operation,
  StepMetadata,
} from "../../../src/engine/interface/events.ts";
import { rowLines, summaryLines } from "../../../src/ui/deployment/lines.ts";
import { DeploymentModel } from "../../../src/ui/deployment/model.ts";
import { propertyDiff, valueText } from "../../../src/ui/deployment/property-diff.ts";
import { durationText } from "../../../src/ui/deployment/words.ts";

const urn = (name: string, type = "pdc:host:File") => `urn:pulumi:dev::host::${type}::${name}`;
const state = (inputs: Record<string, unknown>) => ({
  type: "pdc:host:File",
  urn: "",
  id: "",
  parent: "",
  inputs,
  outputs: {},
  provider: "",
});
const paint = (_style: string, text: string) => text;

function metadata(op: Operation, name: string, more: Record<string, unknown> = {}): StepMetadata {
  return {
    op,
    urn: urn(name),
    type: "pdc:host:File",
    old: null,
    new: null,
    detailedDiff: null,
    provider: "",
    ...more,
  } as StepMetadata;
}

function event(body: EventBody): EngineEvent {
  return { sequence: 0, timestamp: 0, ...body };
}

describe("DeploymentModel", () => {
  test("a step is a row from its beginning to its end", () => {
    const model = new DeploymentModel();
    expect(
      model.apply(event({ resourcePreEvent: { metadata: metadata("create", "a") } }), 1000),
    ).toBeUndefined();
    expect(model.shown()[0]).toMatchObject({ name: "a", state: "running" });
    const finished = model.apply(event({ resOutputsEvent: { metadata: metadata("create", "a") } }), 3500);
    expect(rowLines(finished as never, { paint, diff: false })).toEqual([
      "+ created pdc:host:File a (2.5 s)",
    ]);
  });

  test("outputs that come again finish nothing twice", () => {
    const model = new DeploymentModel();
    model.apply(event({ resourcePreEvent: { metadata: metadata("create", "a") } }), 0);
    expect(model.apply(event({ resOutputsEvent: { metadata: metadata("create", "a") } }), 1)).toBeDefined();
    expect(model.apply(event({ resOutputsEvent: { metadata: metadata("create", "a") } }), 2)).toBeUndefined();
  });

  test("default providers do not show", () => {
    const model = new DeploymentModel();
    const provider = {
      ...metadata("create", "x"),
      urn: urn("default_1_0_0", "pulumi:providers:pdc"),
      type: "pulumi:providers:pdc",
    };
    model.apply(event({ resourcePreEvent: { metadata: provider } }), 0);
    expect(model.shown()).toEqual([]);
  });

  test("failures come last, with the resource and without colour marks or escapes", () => {
    const model = new DeploymentModel();
    model.apply(
      event({
        diagnosticEvent: {
          severity: "error",
          urn: urn("a"),
          message: "<{%fg 1%}>disk \u001b[31mfull<{%reset%}>\n",
          color: "raw",
        },
      }),
      0,
    );
    model.apply(event({ diagnosticEvent: { severity: "warning", message: "careful", color: "raw" } }), 0);
    model.apply(
      event({ diagnosticEvent: { severity: "info", message: "progress", color: "raw", ephemeral: true } }),
      0,
    );
    const summary = {
      maybeCorrupt: false,
      durationSeconds: 1,
      resourceChanges: { create: 1, same: 2 },
      PolicyPacks: {},
      isPreview: false,
      result: "failed" as const,
    };
    model.apply(event({ summaryEvent: summary }), 0);
    expect(summaryLines(model, { paint, elapsedMs: 1200 })).toEqual([
      "warning: careful",
      "",
      "Failed: 1 created, 2 unchanged (1.2 s)",
      "",
      "error: pdc:host:File a: disk ␛[31mfull",
    ]);
  });
});

describe("propertyDiff", () => {
  test("follows the detailed diff and says what forces a replacement", () => {
    const step = metadata("replace", "a", {
      old: state({ path: "/a", tags: ["x"], gone: 1 }),
      new: state({ path: "/b", tags: ["y"], 'odd"key': true }),
      detailedDiff: {
        path: { diffKind: "update-replace", inputDiff: true },
        "tags[0]": { diffKind: "update", inputDiff: true },
        gone: { diffKind: "delete", inputDiff: true },
        '["odd\\"key"]': { diffKind: "add", inputDiff: true },
      },
    });
    expect(propertyDiff(step)).toEqual([
      { symbol: "~", path: "path", text: '"/a" => "/b"', replaces: true },
      { symbol: "~", path: "tags[0]", text: '"x" => "y"', replaces: false },
      { symbol: "-", path: "gone", text: "1", replaces: false },
      { symbol: "+", path: '["odd\\"key"]', text: "true", replaces: false },
    ]);
  });

  test("without one, inputs are compared", () => {
    const step = metadata("update", "a", { old: state({ a: 1, b: 2 }), new: state({ a: 1, b: 3, c: 4 }) });
    expect(propertyDiff(step).map(({ symbol, path, text }) => `${symbol} ${path} ${text}`)).toEqual([
      "~ b 2 => 3",
      "+ c 4",
    ]);
  });

  test("long texts show where they begin to differ", () => {
    const long = "x".repeat(500);
    const step = metadata("update", "a", {
      old: state({ content: `${long}1` }),
      new: state({ content: `${long}2` }),
    });
    expect(propertyDiff(step)[0]?.text).toBe(`"…${"x".repeat(20)}1" => "…${"x".repeat(20)}2"`);
  });

  test("unknowns and secrets are words", () => {
    expect(valueText("04da6b54-80e4-46f7-96ec-b56ff0331ba9")).toBe("(known after up)");
    expect(
      valueText({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "s3cret" }),
    ).toBe("[secret]");
    expect(valueText("[secret]")).toBe('"[secret]"');
  });
});

test("durationText", () => {
  expect([durationText(40), durationText(12_300), durationText(72_000)]).toEqual([
    "0.0 s",
    "12 s",
    "1 min 12 s",
  ]);
});
