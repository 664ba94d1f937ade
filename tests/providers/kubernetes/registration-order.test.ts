import { describe, expect, test } from "vitest";
import { isSecret } from "../../../src/engine/properties/values.ts";
import {
  registrationsOf,
  takenApart,
} from "../../../src/providers/kubernetes/components/registration-order.ts";
import { parseManifests } from "../../../src/providers/kubernetes/operations/decode.ts";

const options = { prefix: "group", skipAwait: false };
const registrations = (yaml: string, more = {}) =>
  registrationsOf(parseManifests(yaml).flatMap(takenApart), { ...options, ...more });

describe("the order of manifests", () => {
  test("lists are taken apart; names say prefix, namespace and name", () => {
    const made = registrations(
      "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: ns}}\n---\napiVersion: apps/v1\nkind: DeploymentList\nitems:\n- {metadata: {name: b}}\n",
    );
    expect(made.map(({ type, name }) => `${type} ${name}`)).toEqual([
      "kubernetes:core/v1:ConfigMap group:ns/a",
      "kubernetes:apps/v1:Deployment group:b",
    ]);
  });

  test("namespaces, definitions and what is asked for come first", () => {
    const made = registrations(
      [
        "{apiVersion: x.org/v1, kind: Thing, metadata: {name: t, namespace: ns}}",
        "{apiVersion: v1, kind: Namespace, metadata: {name: ns}}",
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.x.org}, spec: {group: x.org, names: {kind: Thing}}}",
        '{apiVersion: v1, kind: ConfigMap, metadata: {name: c, annotations: {config.kubernetes.io/depends-on: "x.org/namespaces/ns/Thing/t, /Namespace/ns"}}}',
      ].join("\n---\n"),
    );
    expect(made.map(({ after }) => after)).toEqual([[1, 2], [], [], [0, 1]]);
  });

  test("what cannot be: references to nothing, circles, objects without kind or name", () => {
    const dependent = (name: string, on: string) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, annotations: {config.kubernetes.io/depends-on: /ConfigMap/${on}}}}`;
    expect(() => registrations(dependent("a", "b"))).toThrow(/names \/ConfigMap\/b, which is not among/);
    expect(() => registrations(`${dependent("a", "b")}\n---\n${dependent("b", "a")}`)).toThrow(/circle/);
    expect(() => registrations("{apiVersion: v1, kind: ConfigMap, metadata: {}}")).toThrow(
      /no metadata.name/,
    );
    expect(() =>
      registrations("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: n}}"),
    ).toThrow(/metadata.namespace of a ConfigMap is false, no text: put it in quotes/);
    expect(() => takenApart({ metadata: { name: "a" } })).toThrow(/no kind/);
  });

  test("contents of Secrets are secret, and waiting is skipped where that is wished", () => {
    const [secret] = registrations(
      "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {p: x}}",
      { skipAwait: true },
    );
    expect(isSecret(secret?.object.stringData)).toBe(true);
    expect(secret?.object.metadata).toMatchObject({ annotations: { "pulumi.com/skipAwait": "true" } });
  });

  test("what a chart wants kept stays when the chart goes", () => {
    const yaml =
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, annotations: {helm.sh/resource-policy: keep}}}";
    expect(registrations(yaml, { isChart: true })[0]?.retainOnDelete).toBe(true);
    expect(registrations(yaml)[0]?.retainOnDelete).toBe(false);
  });

  test("a bomb of aliases is refused", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (let i = 0; i < 8; i++)
      bomb.push(
        `${String.fromCharCode(98 + i)}: &${String.fromCharCode(98 + i)} [${`*${String.fromCharCode(97 + i)}, `.repeat(9)}]`,
      );
    expect(() => parseManifests(bomb.join("\n"))).toThrow();
  });
});
