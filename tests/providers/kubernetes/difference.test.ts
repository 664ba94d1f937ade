import { describe, expect, test } from "vitest";
import type { PropertyMap } from "../../../src/engine/interface/provider.ts";
import { UNKNOWN } from "../../../src/engine/properties/values.ts";
import { ApiError } from "../../../src/providers/kubernetes/api/api-error.ts";
import {
  changesBetween,
  describeChanges,
  withoutIgnored,
} from "../../../src/providers/kubernetes/difference/compare-inputs.ts";
import { replacingFields } from "../../../src/providers/kubernetes/difference/immutable-fields.ts";
import { listKind, otherOwners } from "../../../src/providers/kubernetes/difference/managed-fields.ts";
import {
  importedInputs,
  observedInputs,
} from "../../../src/providers/kubernetes/difference/observed-inputs.ts";
import { collidingLists, withListsOf } from "../../../src/providers/kubernetes/operations/take-lists.ts";
import { mergePatch } from "../../../src/providers/kubernetes/operations/update.ts";

const applied = (fieldsV1: PropertyMap, manager = "pulumi-kubernetes-1") => ({
  managedFields: [{ manager, operation: "Apply", fieldsV1 }],
});

describe("comparing inputs", () => {
  const diff = (olds: PropertyMap, news: PropertyMap, fields: string[] = []) =>
    describeChanges(changesBetween(olds, news), fields, olds, news);

  test("leaves are told by their paths; null and absent are the same", () => {
    const olds = { data: { a: "1", "b.c": "2", gone: "3", none: null }, list: [1, 2] };
    const news = { data: { a: "1", "b.c": "x", added: { deep: true } }, list: [1], __ignored: 1 };
    expect(diff(olds, news).detailedDiff).toEqual({
      'data["b.c"]': { kind: "update", inputDiff: true },
      "data.gone": { kind: "delete", inputDiff: true },
      "data.added": { kind: "add", inputDiff: true },
      "list[1]": { kind: "delete", inputDiff: true },
    });
  });

  test("a value that is not known yet is a change", () => {
    expect(diff({ data: { a: "1" } }, { data: { a: UNKNOWN } }).detailedDiff).toHaveProperty(["data.a"]);
    expect(diff({ data: { a: "1" } }, { data: UNKNOWN }).detailedDiff).toHaveProperty(["data"]);
  });

  test("a field that needs a new object is found in what is around it, and only when it differs itself", () => {
    const olds = { spec: { selector: { app: "a" }, replicas: 1 } };
    expect(diff(olds, { spec: { selector: { app: "b" }, replicas: 1 } }, ["spec.selector"]).replaces).toEqual(
      ["spec.selector.app"],
    );
    expect(diff(olds, { spec: { selector: { app: "a" }, replicas: 2 } }, ["spec.selector"]).replaces).toEqual(
      [],
    );
    expect(diff(olds, {}, ["spec.selector"]).replaces).toEqual(["spec"]);
    expect(diff({}, { spec: { replicas: 1 } }, ["spec.selector"]).replaces).toEqual([]);
    const containers = (image: string): PropertyMap => ({
      spec: { containers: [{ name: "a" }, { name: "b", image }] },
    });
    expect(diff(containers("1"), containers("2"), ["spec.containers[*].image"]).replaces).toEqual([
      "spec.containers[1].image",
    ]);
  });

  test("ignored changes are none", () => {
    const changes = changesBetween({ spec: { replicas: 1, other: 1 } }, { spec: { replicas: 2, other: 2 } });
    expect(withoutIgnored(changes, ["spec.replicas"]).map(({ path }) => path)).toEqual([["spec", "other"]]);
    expect(withoutIgnored(changes, ["spec[", "spec"])).toEqual([]);
  });

  test("which kinds are replaced for what", () => {
    const plain = { isPatch: false, configMapsChange: false, secretsChange: false, isSealed: false };
    expect(replacingFields("v1", "ConfigMap", plain)).toContain("data");
    expect(replacingFields("v1", "ConfigMap", { ...plain, configMapsChange: true })).not.toContain("data");
    expect(
      replacingFields("v1", "ConfigMap", { ...plain, configMapsChange: true, isSealed: true }),
    ).toContain("data");
    expect(replacingFields("v1", "Secret", { ...plain, secretsChange: true })).toContain("type");
    expect(replacingFields("apps/v1", "Deployment", { ...plain, isPatch: true })).toEqual([
      "metadata.name",
      "metadata.namespace",
    ]);
    expect(replacingFields("example.org/v1", "constructor", plain)).toEqual([
      "metadata.name",
      "metadata.namespace",
    ]);
  });

  test("a merge patch says what goes, what comes and nothing else", () => {
    expect(mergePatch({ a: { x: 1, y: 2 }, b: [1], c: 1 }, { a: { x: 1, y: 3 }, b: [1, 2] })).toEqual({
      a: { y: 3 },
      b: [1, 2],
      c: null,
    });
  });
});

describe("observed inputs", () => {
  const asked = { spec: { replicas: 1, memory: "1024Mi", template: { image: "a" } } };
  const before = { spec: { replicas: 1, memory: "1Gi", template: { image: "a" }, added: "by the server" } };

  test("what the server made of the inputs is no drift; what changed since is", () => {
    expect(observedInputs(asked, before, before)).toEqual(asked);
    const now = { spec: { ...before.spec, memory: "2Gi", added: "otherwise" } };
    expect(observedInputs(asked, before, now)).toEqual({ spec: { ...asked.spec, memory: "2Gi" } });
  });

  test("a field that went is not there; one that the server never kept is no drift", () => {
    expect(observedInputs({ a: 1, b: { c: 1 } }, { a: 1, b: { c: 1 } }, { b: {} })).toEqual({ b: {} });
    expect(observedInputs({ a: 1, unknown: 2 }, { a: 1 }, { a: 1 })).toEqual({ a: 1, unknown: 2 });
  });

  test("elements with keys are found wherever they are; those of others are theirs", () => {
    const metadata = applied({
      "f:list": { 'k:{"name":"web"}': { ".": {}, "f:name": {}, "f:image": {} } },
    });
    const web = { name: "web", image: "1" };
    const sidecar = { name: "sidecar", image: "9" };
    const was = { list: [web], metadata };
    const now = { list: [sidecar, { ...web, image: "2" }], metadata };
    expect(observedInputs({ list: [web] }, was, now)).toEqual({ list: [{ name: "web", image: "2" }] });
    expect(observedInputs({ list: [web] }, was, { list: [sidecar], metadata })).toEqual({ list: [] });
  });

  test("a key that is left out has its default", () => {
    const metadata = applied({ "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { "f:port": {} } } });
    const live = { ports: [{ port: 80, protocol: "TCP", nodePort: 30000 }], metadata };
    expect(observedInputs({ ports: [{ port: 80 }] }, { ports: [] }, live)).toEqual({ ports: [{ port: 80 }] });
  });

  test("a list that is one value is ours with all that is in it", () => {
    const was = { rules: [{ verbs: ["get"], added: 1 }] };
    const wider: PropertyMap = { rules: [{ verbs: ["get"], added: 1 }, { verbs: ["*"] }] };
    expect(observedInputs({ rules: [{ verbs: ["get"] }] }, was, wider)).toEqual({
      rules: [{ verbs: ["get"] }, { verbs: ["*"] }],
    });
  });

  test("a map that is one value is ours with all that is in it, save what the server had made of it before", () => {
    const metadata = applied({ "f:selector": {}, "f:rules": {}, "f:labels": { "f:a": {} } });
    const live = (selector: PropertyMap, peer: PropertyMap): PropertyMap => ({
      metadata,
      selector,
      rules: [{ from: [{ pods: { app: "a" }, ...peer }], protocol: "TCP" }],
      labels: { a: "1", b: "of somebody else" },
    });
    const wanted = { selector: {}, rules: [{ from: [{ pods: { app: "a" } }] }], labels: { a: "1" } };
    const was = live({}, {});
    expect(observedInputs(wanted, was, was)).toEqual(wanted);
    // Such a policy selects nobody any more, and lets in whom it did not.
    expect(observedInputs(wanted, was, live({ nobody: "here" }, { namespaces: {} }))).toEqual({
      selector: { nobody: "here" },
      rules: [{ from: [{ pods: { app: "a" }, namespaces: {} }] }],
      labels: { a: "1" },
    });
  });

  test("a Secret's text is compared as text", () => {
    const secret = (password: string) => ({
      kind: "Secret",
      data: { password: Buffer.from(password).toString("base64") },
    });
    const wanted = { kind: "Secret", stringData: { password: "one" } };
    expect(observedInputs(wanted, secret("one"), secret("one"))).toEqual(wanted);
    expect(observedInputs(wanted, secret("one"), secret("two"))).toEqual({
      kind: "Secret",
      stringData: { password: "two" },
    });
  });

  test("an import leaves out what only the server says", () => {
    const live = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "a",
        uid: "u",
        resourceVersion: "1",
        managedFields: [],
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
      },
      data: { a: "1" },
      status: {},
    };
    expect(importedInputs(live)).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a" },
      data: { a: "1" },
    });
  });
});

describe("managed fields", () => {
  test("how a list's elements are told apart", () => {
    expect(listKind({ 'k:{"name":"a"}': {} })).toEqual({ kind: "map", keys: ["name"] });
    expect(listKind({ 'v:"x"': {} })).toEqual({ kind: "set" });
    expect(listKind({})).toEqual({ kind: "atomic" });
    expect(listKind({ "k:broken": {} })).toEqual({ kind: "atomic" });
  });

  test("elements that others own in a list go over to our entry, and nothing else of theirs", () => {
    const entry = (manager: string, operation: string, fieldsV1: PropertyMap) => ({
      manager,
      operation,
      fieldsV1,
    });
    const object: PropertyMap = {
      metadata: {
        managedFields: [
          entry("ours", "Apply", { "f:spec": { "f:type": {} } }),
          entry("hand", "Update", { "f:spec": { "f:ports": { 'k:{"port":81}': {} }, "f:selector": {} } }),
          {
            ...entry("controller", "Update", { "f:spec": { "f:ports": { "k:{}": {} } } }),
            subresource: "status",
          },
        ],
      },
    };
    expect(withListsOf(object, [["spec", "ports"]], "ours")).toEqual([
      entry("ours", "Apply", { "f:spec": { "f:type": {}, "f:ports": { 'k:{"port":81}': {} } } }),
      entry("hand", "Update", { "f:spec": { "f:selector": {} } }),
      expect.objectContaining({
        subresource: "status",
        fieldsV1: { "f:spec": { "f:ports": { "k:{}": {} } } },
      }),
    ]);
    expect(withListsOf(object, [["spec", "ports"]], "nobody")).toBeUndefined();
  });

  test("which lists collide", () => {
    const refusal = (code: number, ...causes: object[]) =>
      new ApiError(code, { details: { causes } }, "PATCH /x");
    const duplicate = (field: string) => ({
      reason: "FieldValueDuplicate",
      message: "Duplicate value: a",
      field,
    });
    expect(collidingLists(refusal(422, duplicate("spec.ports[1].name")))).toEqual([["spec", "ports"]]);
    expect(collidingLists(refusal(422, duplicate("spec.containers[0].env[1].name")))).toEqual([]);
    const missing = { reason: "FieldValueRequired", field: "spec.template.spec.containers[0].image" };
    expect(collidingLists(refusal(422, missing))).toEqual([]);
    expect(collidingLists(refusal(409, duplicate("spec.ports[1].name")))).toEqual([]);
  });

  test("who else owns a field", () => {
    const object: PropertyMap = {
      spec: { replicas: 3 },
      metadata: {
        managedFields: [
          { manager: "ours", operation: "Apply", fieldsV1: { "f:spec": { "f:replicas": {} } } },
          { manager: "autoscaler", operation: "Update", fieldsV1: { "f:spec": { "f:replicas": {} } } },
          {
            manager: "status",
            operation: "Update",
            subresource: "status",
            fieldsV1: { "f:spec": { "f:replicas": {} } },
          },
        ],
      },
    };
    expect(otherOwners(object, ["spec", "replicas"], "ours")).toEqual(["autoscaler"]);
    expect(otherOwners(object, ["spec", "template"], "ours")).toEqual([]);
  });
});
