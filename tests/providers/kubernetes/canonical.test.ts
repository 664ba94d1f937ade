import { describe, expect, test } from "vitest";
import type { PropertyMap } from "../../../src/engine/interface/provider.ts";
import { UNKNOWN } from "../../../src/engine/properties/values.ts";
import { changesBetween } from "../../../src/providers/kubernetes/difference/compare-inputs.ts";
import { isSameQuantity } from "../../../src/providers/kubernetes/difference/quantity.ts";
import { canonical } from "../../../src/providers/kubernetes/objects/canonical.ts";
import { withAdopted } from "../../../src/providers/kubernetes/operations/adopt-fields.ts";

describe("one form for what means the same", () => {
  const secret = (content: PropertyMap) => canonical({ apiVersion: "v1", kind: "Secret", ...content });

  test("stringData goes into data, over what stands there; what is not known yet stays unknown", () => {
    expect(secret({ data: { a: "YQ==\n", b: "Yg==" }, stringData: { b: "x", c: UNKNOWN } })).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      data: { a: "YQ==", b: "eA==", c: UNKNOWN },
    });
    expect(secret({ stringData: UNKNOWN })).toMatchObject({ stringData: UNKNOWN });
    expect(secret({ stringData: { n: 1 } })).toMatchObject({ stringData: { n: 1 } });
    expect(secret({ type: "Opaque" })).toEqual({ apiVersion: "v1", kind: "Secret", type: "Opaque" });
    const other = { apiVersion: "example.org/v1", kind: "Secret", stringData: { a: "x" } };
    expect(canonical(other)).toEqual(other);
  });

  test("definitions lose what the server drops", () => {
    const definition = (spec: PropertyMap) => ({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      spec,
    });
    const generated = { ...definition({ group: "g", preserveUnknownFields: false }), status: {} };
    expect(canonical(generated)).toEqual(definition({ group: "g" }));
    expect(canonical(definition({ preserveUnknownFields: true }))).toEqual(
      definition({ preserveUnknownFields: true }),
    );
  });

  test("quantities", () => {
    const same = [
      ["0.5", "500m"],
      ["1024Mi", "1Gi"],
      [1, "1000m"],
      ["1e3", "1k"],
      ["1E3", "1000"],
      [".5", "0.50"],
      ["1.5Gi", "1536Mi"],
      ["-1", "-1000m"],
      ["0.0000000001", "1n"],
    ] as const;
    for (const [a, b] of same) expect(isSameQuantity(a, b), `${a} ${b}`).toBe(true);
    for (const [a, b] of [
      ["1", "1001m"],
      ["1G", "1Gi"],
      ["x", "x"],
      ["", "0"],
      ["1E", "1"],
    ] as const)
      expect(isSameQuantity(a, b), `${a} ${b}`).toBe(false);
  });

  test("quantities are told from texts by where they stand", () => {
    const paths = (kind: string, apiVersion: string, olds: PropertyMap, news: PropertyMap) =>
      changesBetween({ kind, apiVersion, ...olds }, { kind, apiVersion, ...news }).length;
    const quota = (memory: string) => ({ spec: { hard: { "limits.memory": memory } } });
    expect(paths("ResourceQuota", "v1", quota("1Gi"), quota("1024Mi"))).toBe(0);
    expect(paths("Thing", "example.org/v1", quota("1Gi"), quota("1024Mi"))).toBe(1);
    expect(paths("ConfigMap", "v1", { data: { limits: "1Gi" } }, { data: { limits: "1024Mi" } })).toBe(1);
    const environment = (value: string) => ({ spec: { containers: [{ env: [{ name: "HEAP", value }] }] } });
    expect(paths("Pod", "v1", environment("1Gi"), environment("1024Mi"))).toBe(1);
  });
});

describe("fields of before server-side apply", () => {
  const entry = (manager: string, operation: string, fieldsV1: PropertyMap, more: PropertyMap = {}) => ({
    manager,
    operation,
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1,
    ...more,
  });
  const adopted = (...managedFields: PropertyMap[]) => withAdopted({ metadata: { managedFields } }, "ours");
  const [a, b] = [{ "f:data": { "f:a": {} } }, { "f:data": { "f:b": {} } }];
  const both = { "f:data": { "f:a": {}, "f:b": {} } };

  test("what the provider posted, put or patched becomes part of what it applies", () => {
    for (const manager of [
      "pulumi-kubernetes",
      "pulumi-kubernetes.exe",
      "pulumi-resource-kubernetes",
      "ours",
    ]) {
      expect(adopted(entry(manager, "Update", a))).toEqual([entry("ours", "Apply", a)]);
      expect(adopted(entry("ours", "Apply", a), entry(manager, "Update", b))).toEqual([
        entry("ours", "Apply", both),
      ]);
    }
  });

  test("of kubectl's fields those of before the first apply; status and others' fields never", () => {
    const status = entry("pulumi-kubernetes", "Update", b, { subresource: "status" });
    const other = entry("autoscaler", "Update", b);
    expect(adopted(entry("kubectl-client-side-apply", "Update", a), status, other)).toEqual([
      status,
      other,
      entry("ours", "Apply", a),
    ]);
    expect(adopted(entry("ours", "Apply", a), entry("kubectl-edit", "Update", b))).toBeUndefined();
    expect(adopted(status, other)).toBeUndefined();
    expect(adopted(entry("pulumi-kubernetes-0a1b2c3d", "Apply", a))).toBeUndefined();
    const edit = entry("kubectl-edit", "Update", b);
    expect(adopted(entry("pulumi-kubernetes", "Update", a), edit)).toEqual([edit, entry("ours", "Apply", a)]);
  });
});
