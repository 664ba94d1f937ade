/**
 * States as the official provider writes them, and objects as it leaves them in the cluster: since 4.30 it makes
 * objects by POST under one name for all, keeps inputs in the form of Kubernetes' own types, and applies changes under
 * the name that the state holds.
 */
import { expect, test } from "vitest";
import type { PropertyMap } from "../../src/engine/interface/provider.ts";
import type { ContractContext } from "./kubernetes-contract-context.ts";
import { configMap, deployment, job } from "./kubernetes-objects.ts";
import { Applied } from "./kubernetes-provider-user.ts";

const FIELD_MANAGER = "pulumi-kubernetes-0a1b2c3d";

const managers = (object: PropertyMap) =>
  ((object.metadata as PropertyMap).managedFields as PropertyMap[])
    .filter(({ subresource }) => subresource === undefined)
    .map(({ manager, operation }) => `${manager} ${operation}`);

export function movedStacksContract(on: ContractContext): void {
  /** Posts the object and gives the resource that the official provider would have kept of it. */
  const posted = async (
    type: string,
    path: string,
    object: PropertyMap,
    { fieldManager = "pulumi-kubernetes", inputs = object } = {},
  ): Promise<Applied> => {
    const made = await on.plane.api.send("POST", `${path}?fieldManager=${fieldManager}`, object);
    expect(made.status).toBe(201);
    const { name, namespace } = object.metadata as PropertyMap;
    return new Applied(on.user.resource(type, String(name)), `${namespace}/${name}`, inputs, {
      ...(made.body as PropertyMap),
      __inputs: inputs,
      __initialApiVersion: String(object.apiVersion),
      __fieldManager: FIELD_MANAGER,
    });
  };
  const labelled = (object: PropertyMap, labels: PropertyMap): PropertyMap => ({
    ...object,
    metadata: { ...(object.metadata as PropertyMap), labels },
  });

  test("an object that the official provider posted is changed without a conflict, and loses what the program drops", async () => {
    const { user, namespace, live, configMapPath } = on;
    const object = labelled(configMap(namespace, { a: "1" }, "moved"), { keep: "1", drop: "1" });
    const old = await posted(
      "kubernetes:core/v1:ConfigMap",
      `/api/v1/namespaces/${namespace}/configmaps`,
      object,
    );
    const news = await user.check("moved", labelled(object, { keep: "2" }), old.inputs);
    expect(await user.diff(old, news)).toMatchObject({ changes: "some", replaces: [] });
    const previewed = await user.update(old, news, { preview: true });
    expect((previewed.outputs.metadata as PropertyMap).labels).toMatchObject({ keep: "2" });
    const updated = await user.update(old, news);
    const now = await live(configMapPath("moved"));
    expect((now.metadata as PropertyMap).labels).toEqual({ keep: "2" });
    expect(managers(now)).toEqual([`${FIELD_MANAGER} Apply`]);
    expect(updated.outputs.__fieldManager).toBe(FIELD_MANAGER);
  });

  test("what somebody changed by hand after that is a conflict all the same", async () => {
    const { user, namespace, plane } = on;
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const old = await posted("kubernetes:apps/v1:Deployment", path, deployment(namespace, "moved"));
    const scaled = { ...deployment(namespace, "moved"), spec: { replicas: 3 } };
    await plane.api.send(
      "PATCH",
      `${path}/moved?fieldManager=kubectl-edit`,
      { spec: scaled.spec },
      "application/merge-patch+json",
    );
    const read = await user.read(old).catch((error: { outputs: PropertyMap; inputs: PropertyMap }) => error);
    const drifted = new Applied(old.resource, old.id, read.inputs ?? {}, read.outputs ?? {});
    await expect(user.update(drifted, old.inputs)).rejects.toThrow(
      /\.spec\.replicas belongs to "kubectl-edit"/,
    );
  });

  test("an imported object that kubectl made loses what the program drops", async () => {
    const { user, provider, namespace, live, configMapPath } = on;
    const object = labelled(configMap(namespace, { a: "1" }, "theirs"), { keep: "1", drop: "1" });
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    await posted("kubernetes:core/v1:ConfigMap", path, object, { fieldManager: "kubectl-client-side-apply" });
    const resource = user.resource("kubernetes:core/v1:ConfigMap", "theirs");
    const id = `${namespace}/theirs`;
    const found = await provider.read?.({ ...resource, id, inputs: {}, outputs: {}, anew: true });
    const imported = new Applied(resource, id, found?.inputs ?? {}, found?.outputs ?? {});
    await user.update(imported, await user.check("theirs", labelled(object, { keep: "1" }), imported.inputs));
    expect(((await live(configMapPath("theirs"))).metadata as PropertyMap).labels).toEqual({ keep: "1" });
  });

  test("a Secret is kept as data, whichever way the program says it", async () => {
    const { user, namespace, live } = on;
    const secret = (content: PropertyMap): PropertyMap => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: "moved" },
      ...content,
    });
    const kept = secret({ data: { password: "Y29ycmVjdCBob3JzZQ==" } });
    const old = await posted("kubernetes:core/v1:Secret", `/api/v1/namespaces/${namespace}/secrets`, kept);
    const said = secret({ stringData: { password: "correct horse" } });
    expect(await user.diff(old, await user.check("moved", said, old.inputs))).toMatchObject({
      changes: "none",
    });
    expect(await user.diff(old, said)).toMatchObject({ changes: "none" });
    const broken = secret({ data: { password: "Y29ycmVjdCBob3JzZQ==\n" } });
    expect(await user.diff(old, await user.check("moved", broken, old.inputs))).toMatchObject({
      changes: "none",
    });
    const other = await user.check("moved", secret({ stringData: { password: "another" } }), old.inputs);
    expect((await user.diff(old, other)).replaces).toEqual(["data.password"]);
    const own = await user.create("own", {
      ...said,
      metadata: { namespace, name: "own" },
    });
    expect(own.inputs).not.toHaveProperty("stringData");
    expect((await live(`/api/v1/namespaces/${namespace}/secrets/own`)).data).toEqual(kept.data);
  });

  test("other words for the same quantity, and fields that say nothing, make no new job", async () => {
    const { user, namespace } = on;
    const pod = (more: PropertyMap, cpu: string) => {
      const plain = job(namespace, "moved");
      const template = (plain.spec as PropertyMap).template as PropertyMap;
      const [container] = (template.spec as PropertyMap).containers as PropertyMap[];
      const resources = { requests: { cpu }, limits: { memory: cpu === "500m" ? "1Gi" : "1024Mi" } };
      const containers = [{ ...container, resources }];
      const spec = { ...(template.spec as PropertyMap), ...more, containers };
      return { ...plain, spec: { ...(plain.spec as PropertyMap), template: { ...template, spec } } };
    };
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const old = await posted("kubernetes:batch/v1:Job", path, pod({}, "500m"));
    const diff = async (news: PropertyMap) => user.diff(old, await user.check("moved", news, old.inputs));
    expect(await diff(pod({}, "0.5"))).toMatchObject({ changes: "none" });
    expect(await diff(pod({ tolerations: [] }, "500m"))).toMatchObject({ changes: "none" });
    // A quantity in other words, and beside it a field that the server drops.
    expect(await diff(pod({ hostNetwork: false }, "0.50"))).toMatchObject({ changes: "none" });
    expect((await diff(pod({ automountServiceAccountToken: false }, "0.5"))).replaces).toEqual([
      "spec.template.spec.automountServiceAccountToken",
    ]);
    expect((await diff(pod({}, "0.6"))).replaces).toEqual([
      "spec.template.spec.containers[0].resources.requests.cpu",
    ]);
  });

  test("fields that the server drops are no change, and those that it keeps are one", async () => {
    const { user, namespace } = on;
    const plain = deployment(namespace, "moved");
    const old = await posted(
      "kubernetes:apps/v1:Deployment",
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
      plain,
    );
    const spec = plain.spec as PropertyMap;
    const template = spec.template as PropertyMap;
    const withPod = (more: PropertyMap, metadata: PropertyMap = {}): PropertyMap => ({
      ...plain,
      metadata: { ...(plain.metadata as PropertyMap), ...metadata },
      spec: {
        ...spec,
        ...("paused" in more && { paused: more.paused as boolean }),
        template: { ...template, spec: { ...(template.spec as PropertyMap), ...(more.pod as PropertyMap) } },
      },
    });
    const diff = async (news: PropertyMap, from = old) =>
      user.diff(from, await user.check("moved", news, from.inputs));
    const words: PropertyMap = {
      pod: {
        hostNetwork: false,
        hostPID: false,
        nodeName: "",
        nodeSelector: {},
        securityContext: { sysctls: [] },
      },
      paused: false,
    };
    const worded = withPod(words, { annotations: {}, labels: {} });
    expect(await diff(worded)).toMatchObject({ changes: "none" });
    // And back, in a stack whose state has them.
    const kept = new Applied(
      old.resource,
      old.id,
      await user.check("moved", worded, old.inputs),
      old.outputs,
    );
    expect(await diff(plain, kept)).toMatchObject({ changes: "none" });
    for (const field of ["automountServiceAccountToken", "enableServiceLinks", "shareProcessNamespace"])
      expect(await diff(withPod({ pod: { [field]: false } })), field).toMatchObject({ changes: "some" });
    expect(await diff(withPod({ pod: { hostNetwork: false, priority: 0 } }))).toMatchObject({
      changes: "some",
    });
  });
}
