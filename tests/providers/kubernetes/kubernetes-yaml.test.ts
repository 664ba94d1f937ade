/** YAML as Kubernetes' own tools read it. What is expected is what `sigs.k8s.io/yaml` 1.6 makes of the same text. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  kubernetesDocuments,
  kubernetesYaml,
} from "../../../src/providers/kubernetes/objects/kubernetes-yaml.ts";
import { parseManifests } from "../../../src/providers/kubernetes/operations/decode.ts";

const read = (text: string): unknown => kubernetesDocuments(text)[0]?.toJS();

describe("reading", () => {
  test.each<[string, unknown]>([
    ["0440", 0o440],
    ["-0644", -0o644],
    ["0o17", 0o17],
    ["08", 8],
    ["0b11", 3],
    ["0x1f", 31],
    ["1_000", 1000],
    ["1e3", 1000],
    [".5", 0.5],
    ["+5", 5],
    ["yes", true],
    ["n", false],
    ["Off", false],
    ["12:30:00", "12:30:00"],
    ["190:20:30.5", "190:20:30.5"],
    ["2020-01-01", "2020-01-01"],
    ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"],
    ["!!timestamp 2020-01-01", "2020-01-01"],
    ["!!binary aGk=", "hi"],
    ["_1", "_1"],
    ["0x", "0x"],
    ["'0440'", "0440"],
    ["~", null],
  ])("%s", (text, value) => {
    expect(read(`a: ${text}`)).toEqual({ a: value });
  });

  test("keys that are words of truth, and merged ones", () => {
    expect(read("y: 1\n<<: {z: 2}\n")).toEqual({ true: 1, z: 2 });
  });
});

test("what is written is read the same by readers of YAML 1.1 and of 1.2", () => {
  const odd = [
    "yes",
    "n",
    "on",
    "0440",
    "0o17",
    "08",
    "12:30",
    "1_000",
    "0x1f",
    "1e3",
    ".nan",
    "~",
    "2020-01-01",
    "",
    "<<",
    "=",
  ];
  const texts = fc.oneof(fc.constantFrom(...odd), fc.string(), fc.string({ unit: "binary" }));
  const values = fc.letrec((tie) => ({
    any: fc.oneof(texts, fc.boolean(), fc.integer(), fc.array(tie("any"), { maxLength: 3 }), tie("map")),
    map: fc.dictionary(fc.stringMatching(/^[a-zA-Z0-9._/-]{1,12}$/), tie("any"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  }));
  fc.assert(
    fc.property(values.map, (object) => {
      const text = kubernetesYaml(object);
      expect(read(text)).toEqual(object);
      expect(parse(text)).toEqual(object);
    }),
  );
});

test("a document that is no object is refused, an empty one passed over", () => {
  expect(parseManifests("# nothing\n---\n---\n{}\n")).toEqual([]);
  expect(() => parseManifests("- a\n")).toThrow(/no Kubernetes object/);
  expect(() => parseManifests("knd: ConfigMap")).not.toThrow();
});
