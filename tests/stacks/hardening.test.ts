/** What the pods and roles of every environment keep to, beyond what Pod Security asks. */
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import { nameOf, podTemplateOf } from "../../src/policy/objects.ts";
import { octets, octetsText } from "../../src/policy/quantity.ts";
import { planPlatform } from "../../stacks/platform/plan.ts";
import { readOwnManifests } from "../../stacks/platform/read-manifests.ts";

const inventory = await loadInventory(resolve(import.meta.dirname, "../../inventory/quang-binh"), {
  cacheDirectory: false,
});
const own = await readOwnManifests(inventory);

describe.each([...inventory.environments.keys()])("%s", (environment) => {
  const { objects } = planPlatform(inventory, environment, own);

  test("no role lets anybody see a secret: read it, enter a pod, or change what pods run", () => {
    const running = ["pods", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs"];
    const reading = ["get", "list", "watch"];
    for (const { object } of objects.filter((one) => one.object.kind === "Role"))
      for (const { resources, verbs } of object.rules as { resources: string[]; verbs: string[] }[]) {
        const changes = verbs.filter((verb) => !reading.includes(verb) && verb !== "delete");
        expect(resources, nameOf(object)).not.toContain("secrets");
        expect(resources.join(), nameOf(object)).not.toMatch(/\*|pods\/(exec|attach|portforward|ephemeral)/);
        if (resources.some((resource) => running.includes(resource)))
          expect(changes, nameOf(object)).toEqual([]);
      }
  });

  test("every pod of ours has a group that is not root's, and keeps its volumes' owners", () => {
    for (const { object } of objects.filter((one) => one.file === undefined)) {
      const security = podTemplateOf(object)?.spec.securityContext;
      if (!security) continue;
      expect(security, nameOf(object)).toMatchObject({
        runAsGroup: security.runAsUser,
        fsGroupChangePolicy: "OnRootMismatch",
      });
    }
  });

  test("a database has memory to share, is asked over TCP, survives its own recovery, and is not copied while it runs", () => {
    const database = objects.find(
      ({ object, system }) =>
        system === "mot-cua" && object.kind === "StatefulSet" && object.metadata.name === "database",
    );
    const template = podTemplateOf(database!.object)!;
    const [container] = template.spec.containers;
    const limit = octets(container!.resources!.limits!.memory);
    const setting = (name: string) =>
      Number(container!.args!.find((arg) => arg.startsWith(`${name}=`))?.match(/\d+/)?.[0]) * 2 ** 20;
    expect(setting("shared_buffers")).toBe(Math.floor(limit / 4 / 2 ** 20) * 2 ** 20);
    expect(setting("shared_buffers") + setting("effective_cache_size")).toBeLessThan(limit);
    const shared = template.spec.volumes!.find(({ name }) => name === "shm");
    expect(shared?.emptyDir).toEqual({ medium: "Memory", sizeLimit: octetsText(limit / 8) });
    expect(container!.volumeMounts).toContainEqual({ name: "shm", mountPath: "/dev/shm" });
    const commands = ["startupProbe", "readinessProbe", "livenessProbe"].map((probe) =>
      (container![probe] as { exec: { command: string[] } }).exec.command.join(" "),
    );
    for (const command of commands) expect(command).toContain("--host=127.0.0.1");
    expect(commands.map((command) => command.includes("test $? -le 1"))).toEqual([true, false, true]);
    expect(template.metadata?.annotations).not.toHaveProperty(["backup.velero.io/backup-volumes"]);
  });
});
