/** What is waited for, and what is told when it does not come. */
import { expect, test } from "vitest";
import { InitializationError } from "../../src/engine/interface/errors.ts";
import type { PropertyMap } from "../../src/engine/interface/provider.ts";
import type { ContractContext } from "./kubernetes-contract-context.ts";
import { claim, deployment, job, service } from "./kubernetes-objects.ts";
import { Applied } from "./kubernetes-provider-user.ts";

export function readinessContract(on: ContractContext): void {
  test("workloads are waited for; what keeps them from coming up is told", async () => {
    const { user, namespace } = on;
    const up = await user.create("web", deployment(namespace, "web", { app: "web" }, { replicas: 2 }));
    expect(up.outputs.status).toMatchObject({ availableReplicas: 2 });
    const failing = (app: string, more: PropertyMap) =>
      user
        .create(app, deployment(namespace, app, { app }, more), { timeoutSeconds: 3 })
        .then(() => expect.unreachable())
        .catch((error: unknown) => error as InitializationError);
    const [image, huge] = await Promise.all([
      failing("image", { annotations: { "lab.pdc/pod": "ImagePullBackOff" } }),
      failing("huge", { cpu: "500" }),
    ]);
    expect(image).toBeInstanceOf(InitializationError);
    expect(image.id).toBe(`${namespace}/image`);
    expect(image.outputs).toMatchObject({ metadata: { name: "image" }, __inputs: { kind: "Deployment" } });
    expect(image.reasons.join("\n")).toMatch(/not up after 3 s[\s\S]*image .* cannot be pulled/);
    expect(huge.reasons.join("\n")).toMatch(/cannot be scheduled:.*Insufficient cpu/);
    const skipped = await user.create(
      "skipped",
      deployment(namespace, "skipped", { app: "skipped" }, { cpu: "500", skipAwait: true }),
    );
    expect(skipped.id).toBe(`${namespace}/skipped`);
  });

  test("a quota that stops the pods is the reason", async () => {
    const { user, namespace } = on;
    await user.create("q", {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { namespace, name: "q" },
      spec: { hard: { pods: "0" } },
    });
    const error = await user
      .create("web", deployment(namespace, "web"), { timeoutSeconds: 3 })
      .catch((caught: unknown) => caught as InitializationError);
    expect((error as InitializationError).reasons.join("\n")).toMatch(/exceeded quota: q/);
  });

  test("a deadline that an earlier attempt missed ends no later one", async () => {
    const { user, namespace, plane } = on;
    const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { namespace, name: "late" } };
    const made = await user.create("late", { ...quota, spec: { hard: { pods: "0" } } });
    const web = deployment(namespace, "late");
    const impatient: PropertyMap = {
      ...web,
      spec: { ...(web.spec as PropertyMap), progressDeadlineSeconds: 1 },
    };
    const error = await user
      .create("late", impatient, { timeoutSeconds: 30 })
      .catch((caught: unknown) => caught as InitializationError);
    expect((error as InitializationError).reasons[0]).toMatch(/no progress within its deadline/);
    const { inputs, outputs, id } = error as InitializationError;
    const old = new Applied(
      user.resource("kubernetes:apps/v1:Deployment", "late"),
      id,
      inputs ?? impatient,
      outputs,
    );
    const labelled = {
      ...impatient,
      metadata: { ...(impatient.metadata as PropertyMap), labels: { again: "1" } },
    };
    const [again] = await Promise.all([
      user.update(old, await user.check("late", labelled, old.inputs)),
      plane.api.send(
        "PATCH",
        `/api/v1/namespaces/${namespace}/resourcequotas/late`,
        { spec: { hard: { pods: "5" } } },
        "application/merge-patch+json",
      ),
    ]);
    expect(again.outputs.status).toMatchObject({ availableReplicas: 1 });
    expect(made.id).toBe(`${namespace}/late`);
  });

  test("jobs, claims and services are waited for by their own rules", async () => {
    const { user, namespace } = on;
    const [done, bound, late] = await Promise.all([
      user.create("job", job(namespace, "job")),
      user.create("bound", claim(namespace, "bound", "lab")),
      user.create("late", claim(namespace, "late", "lab-late")),
    ]);
    expect(done.outputs.status).toMatchObject({ succeeded: 1 });
    expect(bound.outputs.status).toMatchObject({ phase: "Bound" });
    expect(late.outputs.status).toMatchObject({ phase: "Pending" });
    const failed = await user
      .create("failing", job(namespace, "failing", { "lab.pdc/pod": "Failed" }))
      .catch((error: unknown) => error as Error);
    expect(failed).toBeInstanceOf(InitializationError);
    const balanced = await user.create("lb", service(namespace, "lb", "LoadBalancer"));
    expect(balanced.outputs.status).toMatchObject({ loadBalancer: { ingress: [expect.anything()] } });
  });
}
