import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PropertyMap } from "../../../src/engine/interface/provider.ts";
import { containsUnknowns } from "../../../src/engine/properties/transform.ts";
import { makeSecret, UNKNOWN } from "../../../src/engine/properties/values.ts";
import { retryDelay } from "../../../src/providers/kubernetes/api/api-client.ts";
import {
  ApiError,
  ConnectionError,
  fieldConflicts,
  immutableFields,
} from "../../../src/providers/kubernetes/api/api-error.ts";
import { openCredentials } from "../../../src/providers/kubernetes/api/credentials.ts";
import { pathOf } from "../../../src/providers/kubernetes/api/discovery.ts";
import { loadKubeconfig } from "../../../src/providers/kubernetes/api/kubeconfig.ts";
import { withName } from "../../../src/providers/kubernetes/objects/naming.ts";
import { parseTypeToken } from "../../../src/providers/kubernetes/objects/resource-type.ts";
import { checkConfig, diffConfig } from "../../../src/providers/kubernetes/operations/configuration.ts";
import { withoutSecretTexts } from "../../../src/providers/kubernetes/operations/failure.ts";
import { checkOptions, readOptions } from "../../../src/providers/kubernetes/provider-options.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "pdc-kubeconfig-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const kubeconfig = (name: string, more: object = {}, current = name) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": current,
    clusters: [{ name, cluster: { server: `https://${name}:6443/`, "certificate-authority": "ca.pem" } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: `${name}-space` } }],
    users: [{ name, user: { token: "t0ken-value", ...more } }],
  });
const file = (name: string, text: string) => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

describe("kubeconfig", () => {
  test("a path, a text, the environment's list with the first one winning", () => {
    const path = file("one", kubeconfig("one"));
    expect(loadKubeconfig({ kubeconfig: path })).toMatchObject({
      server: "https://one:6443",
      namespace: "one-space",
      cluster: { "certificate-authority": join(directory, "ca.pem") },
    });
    expect(loadKubeconfig({ kubeconfig: kubeconfig("text") }).server).toBe("https://text:6443");
    const list = [path, file("two", kubeconfig("two")), join(directory, "absent")].join(":");
    expect(loadKubeconfig({}, { KUBECONFIG: list }).server).toBe("https://one:6443");
    expect(loadKubeconfig({ context: "two" }, { KUBECONFIG: list }).server).toBe("https://two:6443");
    expect(loadKubeconfig({ cluster: "two" }, { KUBECONFIG: list }).server).toBe("https://two:6443");
  });

  test("what is wrong is said, and never with what is secret in it", () => {
    const message = (given: string | undefined, more = {}) => {
      try {
        loadKubeconfig({ kubeconfig: given, ...more }, { HOME: directory });
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message(undefined)).toMatch(/no kubeconfig: .*is not there; name one/);
    expect(message(join(directory, "absent"))).toMatch(/absent cannot be read \(ENOENT\)/);
    expect(message("a: [t0ken-value\n")).toBe("the kubeconfig given is not YAML");
    expect(message("just text\n")).toMatch(/it has no clusters/);
    expect(message(kubeconfig("x"), { context: "y" })).toBe("the kubeconfig has no context y; it has x");
    expect(message(kubeconfig("x", {}, ""))).toMatch(/no current context; name one of x/);
    expect(message(kubeconfig("x").replace("https://x:6443/", "nowhere"))).toMatch(
      /no usable server address/,
    );
  });

  test("credentials become headers; a missing key file is named", async () => {
    const access = (user: object) => {
      const found = loadKubeconfig({ kubeconfig: kubeconfig("x", user) });
      return { ...found, cluster: { server: found.server } };
    };
    const headers = async (user: object) => (await openCredentials(access(user))).headers();
    expect(await headers({})).toEqual({ authorization: "Bearer t0ken-value" });
    const basic = { token: undefined, username: "u", password: "p" };
    expect(await headers(basic)).toEqual({ authorization: `Basic ${btoa("u:p")}` });
    const as = { as: "auditor", "as-groups": ["g"] };
    expect(await headers(as)).toMatchObject({ "impersonate-user": "auditor", "impersonate-group": ["g"] });
    const token = file("token", "from-file\n");
    expect(await headers({ token: undefined, tokenFile: token })).toEqual({
      authorization: "Bearer from-file",
    });
    await expect(headers({ "client-key": "/no/such.key" })).rejects.toThrow(
      "/no/such.key, named by the kubeconfig",
    );
  });

  test("an exec plugin is asked through the Kubernetes client", async () => {
    const credential = JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: "from-exec" },
    });
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "echo",
      args: [credential],
      interactiveMode: "Never",
    };
    const found = loadKubeconfig({
      kubeconfig: kubeconfig("x", { token: undefined, exec }).replace(
        ',"certificate-authority":"ca.pem"',
        "",
      ),
    });
    const headers = await (await openCredentials(found)).headers();
    expect(headers).toMatchObject({ Authorization: "Bearer from-exec" });
  });
});

describe("options", () => {
  test("flags come as text, as booleans and from the environment", () => {
    expect(readOptions({ enablePatchForce: "true", enableServerSideApply: false }, {})).toMatchObject({
      enablePatchForce: true,
      enableServerSideApply: false,
      upsertExistingObjects: false,
    });
    expect(readOptions({}, { PULUMI_K8S_ENABLE_PATCH_FORCE: "1" }).enablePatchForce).toBe(true);
    expect(readOptions({ kubeClientSettings: '{"timeout": 7}' }, {}).requestTimeoutMs).toBe(7000);
    const environment = { PULUMI_K8S_CLIENT_TIMEOUT: "3", PULUMI_K8S_AWAIT_ALL: "true" };
    expect(readOptions({}, environment)).toMatchObject({ requestTimeoutMs: 3000, awaitAll: true });
    expect(readOptions({}, {})).toMatchObject({ requestTimeoutMs: undefined, awaitAll: false });
  });

  test("unknown settings and flags that are none are refused together", () => {
    const inputs = {
      kubeconfg: "x",
      enablePatchForce: "maybe",
      namespace: 1,
      context: UNKNOWN,
      version: "4",
    };
    expect(checkOptions(inputs, containsUnknowns).map(({ property }) => property)).toEqual([
      "kubeconfg",
      "enablePatchForce",
      "namespace",
    ]);
  });

  test("another server makes another provider, another token does not", () => {
    const diff = (oldInputs: PropertyMap, news: PropertyMap) =>
      diffConfig({
        urn: "u",
        name: "n",
        type: "t",
        id: "i",
        oldInputs,
        oldOutputs: oldInputs,
        news,
        ignoreChanges: [],
      });
    const a = { kubeconfig: kubeconfig("a") };
    expect(diff(a, a)).toEqual({ changes: "none" });
    expect(diff(a, { kubeconfig: kubeconfig("a", { token: "other" }) })).toMatchObject({ replaces: [] });
    expect(diff(a, { kubeconfig: kubeconfig("b") })).toMatchObject({ replaces: ["kubeconfig"] });
    expect(diff(a, { kubeconfig: UNKNOWN })).toMatchObject({ changes: "some", replaces: [] });
    const identified = (kube: string, clusterIdentifier: string) => ({
      kubeconfig: kubeconfig(kube),
      clusterIdentifier,
    });
    expect(diff(identified("a", "1"), identified("b", "1"))).toMatchObject({ replaces: [] });
    expect(diff(identified("a", "1"), identified("a", "2"))).toMatchObject({
      replaces: ["clusterIdentifier"],
    });
    expect(diff(a, { ...a, renderYamlToDirectory: "d" })).toMatchObject({
      replaces: ["renderYamlToDirectory"],
    });
  });

  test("rendering goes to no cluster; strict mode wants it named", () => {
    const failing = (news: PropertyMap, name = "explicit") =>
      checkConfig({
        urn: "u",
        name,
        type: "t",
        olds: {},
        news,
        randomSeed: new Uint8Array(32),
      }).failures?.map(({ property }) => property);
    expect(failing({ renderYamlToDirectory: "d", context: "c", kubeconfig: "" })).toEqual(["context"]);
    expect(failing({ renderYamlToDirectory: "d" })).toEqual([]);
    expect(failing({ strictMode: "true", kubeconfig: kubeconfig("a") })).toEqual(["context"]);
    expect(failing({ strictMode: "true", kubeconfig: "k", context: "c" }, "default_4_34_2")).toEqual([""]);
    expect(failing({ strictMode: "false" }, "default")).toEqual([]);
    expect(failing({ strictMode: "often" })).toEqual(["strictMode"]);
  });
});

describe("requests", () => {
  const refused = (code: number, more: object = {}) => new ApiError(code, more, "GET /x");

  test("what is tried again, and what is not", () => {
    for (const code of [429, 500, 503, 504])
      expect(retryDelay(refused(code), 0, true), `${code}`).toBeGreaterThan(0);
    for (const code of [400, 401, 403, 404, 422, 501])
      expect(retryDelay(refused(code), 0, true), `${code}`).toBeUndefined();
    expect(retryDelay(refused(500), 0, false)).toBeUndefined();
    expect(retryDelay(new ConnectionError("s", "reset", true), 0, false)).toBeUndefined();
    expect(retryDelay(new ConnectionError("s", "refused", false), 0, false)).toBeGreaterThan(0);
    expect(retryDelay(refused(429, { details: { retryAfterSeconds: 3 } }), 0, true)).toBeGreaterThanOrEqual(
      3000,
    );
    expect(retryDelay(refused(429, { details: { retryAfterSeconds: 9999 } }), 0, true)).toBeLessThan(31_000);
    const conflict = { reason: "Conflict", details: { causes: [{ reason: "FieldManagerConflict" }] } };
    expect(retryDelay(refused(409, conflict), 0, true)).toBeUndefined();
    const overtaken = refused(409, { reason: "Conflict" });
    expect(retryDelay(overtaken, 0, true)).toBeGreaterThan(0);
    expect(retryDelay(overtaken, 0, true, true)).toBeUndefined();
  });

  test("owners of fields and immutable fields are read from a refusal", () => {
    const causes = [
      { reason: "FieldManagerConflict", message: 'conflict with "kubectl-edit" using v1', field: ".data.a" },
    ];
    expect(fieldConflicts(refused(409, { details: { causes } }))).toEqual([
      { field: ".data.a", manager: "kubectl-edit" },
    ]);
    const immutable = [{ message: "Invalid value: 1: field is immutable", field: "spec.selector" }];
    expect(immutableFields(refused(422, { details: { causes: immutable } }))).toEqual(["spec.selector"]);
    const mixed = [...immutable, { message: "Required value", field: "spec.x" }];
    expect(immutableFields(refused(422, { details: { causes: mixed } }))).toBeUndefined();
  });

  test("names cannot lead a path elsewhere", () => {
    const mapping = { apiVersion: "apps/v1", plural: "deployments", namespaced: true };
    expect(pathOf(mapping, "n", "../../../api/v1/secrets?x")).toBe(
      "/apis/apps/v1/namespaces/n/deployments/..%2F..%2F..%2Fapi%2Fv1%2Fsecrets%3Fx",
    );
    expect(pathOf({ apiVersion: "v1", plural: "nodes", namespaced: false }, "ignored", "a")).toBe(
      "/api/v1/nodes/a",
    );
  });

  test("secrets of the inputs are cut out of what a server says", () => {
    const inputs = { kind: "Deployment", env: [{ value: makeSecret("correct horse") }] };
    expect(withoutSecretTexts('Invalid value: "correct horse" (Y29ycmVjdCBob3JzZQ==)', inputs)).toBe(
      'Invalid value: "[secret]" ([secret])',
    );
  });
});

describe("names and types", () => {
  test("type tokens", () => {
    expect(parseTypeToken("kubernetes:core/v1:ConfigMap")).toMatchObject({
      apiVersion: "v1",
      kind: "ConfigMap",
      isPatch: false,
    });
    expect(parseTypeToken("kubernetes:apps/v1:DeploymentPatch", "Deployment")).toMatchObject({
      kind: "Deployment",
      isPatch: true,
    });
    expect(parseTypeToken("kubernetes:x.org/v1:JsonPatch", "JsonPatch")).toMatchObject({
      kind: "JsonPatch",
      isPatch: false,
    });
    expect(parseTypeToken("kubernetes:core/v1:PodList")).toMatchObject({ isList: true });
    expect(parseTypeToken("kubernetes:x.org/v1:AllowList")).toMatchObject({ isList: false });
    expect(parseTypeToken("kubernetes:yaml:ConfigFile")).toBeUndefined();
    expect(parseTypeToken("aws:s3/v1:Bucket")).toBeUndefined();
  });

  test("a name that is not known yet is not made up; a long one is cut", () => {
    const request = { name: "x".repeat(300), urn: "u", randomSeed: new Uint8Array(32) };
    const named = withName({ metadata: {} }, {}, {}, request).metadata as PropertyMap;
    expect(named.name).toHaveLength(253);
    expect(withName({ metadata: UNKNOWN }, { metadata: UNKNOWN }, {}, request)).toEqual({
      metadata: UNKNOWN,
    });
    const later = { metadata: { name: UNKNOWN } };
    expect(withName(later, later, {}, request)).toEqual(later);
  });
});
