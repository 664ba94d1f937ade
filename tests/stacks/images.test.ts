/** Images of the platform against a real registry and real archives: presence, locks, moved tags, refusals. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ImagesOptions, stackImages } from "../../src/actions/stack/images.ts";
import { renderStack } from "../../src/actions/stack/render.ts";
import { type Changes, changedExample, findingsOf } from "../policy/example.ts";
import { login, registryAbsence, startRegistry, type TestRegistry } from "./docker-registry.ts";
import { makeImage, push } from "./make-image.ts";

if (registryAbsence) console.warn(`skipped: ${registryAbsence}`);

const variable = "PDC_TEST_REGISTRY_PASSWORD";
const example = resolve(import.meta.dirname, "../../inventory/quang-binh");
const name = "registry.quangbinh.example:5000";

/** The example with the test's registry as the center's. */
function changes(registry: Pick<TestRegistry, "host" | "authorityFile">): Changes {
  const host = (text: string) => text.replaceAll(name, registry.host);
  return {
    "registries/registries.yaml": (text) => `${host(text)}  authorityFile: ${registry.authorityFile}\n`,
    "manifests/bao-cao/monthly-report.yaml": host,
    "credentials/platform.yaml": (text) =>
      text.replace(
        /(- id: registry-reader\n.*\n) {2}user: pdc\n.*\n/,
        `$1  user: ${login.user}\n  password: { env: ${variable} }\n`,
      ),
  };
}

function images(inventoryDirectory: string, options: Partial<ImagesOptions> = {}) {
  return stackImages({
    name: "platform",
    environment: "production",
    inventoryDirectory,
    isOffline: false,
    ...options,
  });
}

describe.skipIf(registryAbsence)("a registry with passwords", () => {
  let registry: TestRegistry;
  const pushedDigests = new Map<string, string>();
  beforeAll(async () => {
    process.env[variable] = login.password;
    registry = await startRegistry("htpasswd");
    const { data } = await images(example, { isOffline: true });
    for (const { repository, version, reference } of data.images.slice(2)) {
      const digest = await push(registry, repository, version, makeImage(reference));
      pushedDigests.set(reference.replace(name, registry.host), digest);
    }
  }, 60_000);
  afterAll(async () => {
    delete process.env[variable];
    await registry?.stop();
  });

  test("it is told which images are absent", async () => {
    const { data, exitCode, view } = await images(changedExample(changes(registry)));
    expect(data.images).toHaveLength(19);
    expect(
      data.images.filter(({ isPresent }) => isPresent === false).map(({ repository }) => repository),
    ).toEqual(["bao-cao/api", "bao-cao/web"]);
    expect(data.images.filter(({ isPresent }) => isPresent === true)).toHaveLength(17);
    expect(exitCode).toBe(20);
    expect(view.notes?.[0]).toBe(`19 images, 0 locked by digest, 2 absent from ${registry.host}`);
  });

  test("--resolve locks what is there with the registry's own digests, and says what is not", async () => {
    const inventory = changedExample(changes(registry));
    const resolve = { acceptMoved: false };
    const first = await images(inventory, { resolve });
    expect(first.exitCode).toBe(21);
    expect(first.data.resolution?.failed.map(({ reason }) => reason)).toEqual([
      `${registry.host} has no bao-cao/api:1.8.0`,
      `${registry.host} has no bao-cao/web:1.8.0`,
    ]);
    const locked = new Map(first.data.resolution?.locked.map(({ reference, digest }) => [reference, digest]));
    expect(locked).toEqual(pushedDigests);
    const text = readFileSync(join(inventory, "digests/lock.yaml"), "utf8");
    const again = await images(inventory, { resolve });
    expect(again.data.resolution?.isChanged).toBe(false);
    expect(readFileSync(join(inventory, "digests/lock.yaml"), "utf8")).toBe(text);

    for (const [path, repository] of [
      ["a", "bao-cao/api"],
      ["b", "bao-cao/web"],
    ] as const)
      await push(registry, repository, "1.8.0", makeImage(path));
    expect((await images(inventory, { resolve })).exitCode).toBe(0);
    const { checkStack } = await import("../../src/actions/stack/check.ts");
    const check = await checkStack({
      name: "platform",
      environment: "production",
      inventoryDirectory: inventory,
    });
    expect(check.data.findings.map(({ rule }) => rule)).not.toContain("image/unlocked");
    const directory = join(inventory, "rendered");
    await renderStack({
      name: "platform",
      environment: "production",
      inventoryDirectory: inventory,
      directory,
    });
    for (const file of ["mot-cua/65-deployment-api.yaml", "bao-cao/70-cronjob-monthly-report.yaml"])
      expect(readFileSync(join(directory, file), "utf8")).toMatch(/image: \S+:[\d.]+@sha256:[0-9a-f]{64}\n/);
  }, 30_000);

  test("a tag that moved keeps its lock until that is accepted", async () => {
    const inventory = changedExample(changes(registry));
    await images(inventory, { resolve: { acceptMoved: false } });
    const reference = `${registry.host}/mot-cua/api:2.4.1`;
    const before = pushedDigests.get(reference)!;
    const now = await push(registry, "mot-cua/api", "2.4.1", makeImage("something else"));
    expect(now).not.toBe(before);
    const kept = await images(inventory, { resolve: { acceptMoved: false } });
    expect(kept.data.resolution?.moved).toEqual([{ reference, before, now }]);
    expect(kept.warnings.join("\n")).toContain("was");
    const digestNow = async (acceptMoved: boolean) =>
      (await images(inventory, { resolve: { acceptMoved } })).data.images.find(
        (one) => one.reference === reference,
      )?.digest;
    expect(await digestNow(false)).toBe(before);
    expect(await digestNow(true)).toBe(now);
    pushedDigests.set(reference, now);
  }, 30_000);

  test("a wrong password, a certificate of somebody else and a host that is not there are told apart", async () => {
    process.env[variable] = "wrong";
    const wrong = await images(changedExample(changes(registry)));
    process.env[variable] = login.password;
    expect(wrong.warnings[0]).toMatch(/refused \(401\)/);
    expect(wrong.exitCode).toBe(24);
    const { "registries/registries.yaml": change, ...rest } = changes(registry) as Record<
      string,
      (text: string) => string
    >;
    const untrusted = changedExample({
      ...rest,
      "registries/registries.yaml": (text) => change!(text).replace(/ {2}authorityFile.*\n/, ""),
    });
    expect((await images(untrusted)).warnings[0]).toContain("its certificate is not trusted");
    const gone = changedExample(changes({ host: "127.0.0.1:9", authorityFile: registry.authorityFile }));
    const unreachable = await images(gone);
    expect([unreachable.exitCode, unreachable.warnings[0]]).toEqual([
      23,
      "127.0.0.1:9: cannot be reached (ECONNREFUSED)",
    ]);
    expect((await images(gone, { resolve: { acceptMoved: false } })).exitCode).toBe(22);
    expect(JSON.stringify([wrong, unreachable])).not.toContain(login.password);
  }, 30_000);
});

describe.skipIf(registryAbsence)("a registry with tokens", () => {
  test("gives a digest to who may pull, and refuses others", async () => {
    const registry = await startRegistry("token");
    try {
      const expected = await push(registry, "mot-cua/api", "2.4.1", makeImage("token"));
      const { RegistryClient } = await import("../../src/actions/stack/images/registry-client.ts");
      const { secret } = await import("../../src/inventory/secret.ts");
      const authority = readFileSync(registry.authorityFile, "utf8");
      const client = (password: string) =>
        new RegistryClient({ host: registry.host, authority, user: login.user, password: secret(password) });
      expect((await client(login.password).digestOf("mot-cua/api", "2.4.1"))?.digest).toBe(expected);
      expect(await client(login.password).has("mot-cua/api", expected)).toBe(true);
      expect(await client(login.password).digestOf("mot-cua/api", "9")).toBeUndefined();
      await expect(client("wrong").digestOf("mot-cua/api", "2.4.1")).rejects.toMatchObject({
        code: "registry-refused",
        exitCode: 24,
      });
    } finally {
      await registry.stop();
    }
  }, 30_000);
});

test("without a registry to ask, the list is told all the same", async () => {
  const { data, exitCode } = await images(changedExample(), { isOffline: true });
  expect(exitCode).toBe(0);
  expect(
    data.images.every(({ isPresent, digest }) => isPresent === "not asked" && digest === undefined),
  ).toBe(true);
  expect(data.images.find(({ repository }) => repository === "library/postgres")?.systems).toHaveLength(7);
  expect((await findingsOf()).some(({ rule }) => rule === "image/unlocked")).toBe(true);
});
