/** Rendered files: whose they are, that they are always the same, and that what others wrote is left alone. */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { renderStack } from "../../src/actions/stack/render.ts";
import { kubernetesYaml } from "../../src/providers/kubernetes/objects/kubernetes-yaml.ts";
import { changedExample } from "../policy/example.ts";

const example = resolve(import.meta.dirname, "../../inventory/quang-binh");

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "pdc-render-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const render = (directory: string, inventoryDirectory = example, environment = "training") =>
  renderStack({ name: "platform", environment, inventoryDirectory, directory });

function contents(root: string): Map<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.yaml$|SHA256SUMS$/.test(name),
  );
  return new Map(names.sort().map((name) => [name, readFileSync(join(root, name), "utf8")]));
}

describe("a render", () => {
  test("is one object a file, the same each time, with checksums that others can check", async () => {
    const [one, two] = [directory(), join(directory(), "new/folder")];
    const { data } = await render(one);
    await render(two);
    expect(contents(two)).toEqual(contents(one));
    expect(spawnSync("sha256sum", ["--strict", "-c", "SHA256SUMS"], { cwd: one }).status).toBe(0);
    expect(data.written).toHaveLength(data.objects);
    for (const [name, text] of contents(one)) {
      if (name === "SHA256SUMS") continue;
      const documents = parseAllDocuments(text).filter(
        (document) => "toJS" in document && document.toJS() !== null,
      );
      expect(documents.length, name).toBe(name.includes("-secret-") ? 0 : 1);
    }
  });

  test("again writes nothing; after a change it writes and removes what changed", async () => {
    const root = directory();
    await render(root);
    expect((await render(root)).data).toMatchObject({ written: [], removed: [] });
    const smaller = changedExample({
      "systems/ioc.yaml": [["dashboard", "wall"]],
    });
    const { data } = await render(root, smaller);
    expect(data.removed).toContain("ioc/65-deployment-dashboard.yaml");
    expect(data.written).toContain("ioc/65-deployment-wall.yaml");
    expect(existsSync(join(root, "ioc/65-deployment-dashboard.yaml"))).toBe(false);
  });

  test("holds no value of a secret: files name credentials, or an ExternalSecret refers to them", async () => {
    const root = directory();
    const { data } = await render(root);
    expect(data.secrets.length).toBeGreaterThan(30);
    expect(
      data.secrets.every(({ file, credentials }) => file.includes("-secret-") && credentials.length > 0),
    ).toBe(true);
    const text = readFileSync(join(root, "lgsp/40-secret-queue.yaml"), "utf8");
    expect(text.split("\n").every((line) => line === "" || line.startsWith("#"))).toBe(true);
    expect(text).toContain("RABBITMQ_DEFAULT_PASS: password of credential training-lgsp-queue");
    const withOperator = changedExample({
      "clusters/clusters.yaml": [["operators: []", "operators: [external-secrets]\n  secretStore: center"]],
    });
    const other = directory();
    await render(other, withOperator);
    const external = parseAllDocuments(
      readFileSync(join(other, "lgsp/40-secret-queue.yaml"), "utf8"),
    )[0]?.toJS();
    expect(external).toMatchObject({
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      spec: {
        secretStoreRef: { kind: "ClusterSecretStore", name: "center" },
        target: { name: "queue", template: { type: "Opaque" } },
        data: [
          {
            secretKey: "RABBITMQ_DEFAULT_USER",
            remoteRef: { key: "training-lgsp-queue", property: "user" },
          },
          {
            secretKey: "RABBITMQ_DEFAULT_PASS",
            remoteRef: { key: "training-lgsp-queue", property: "password" },
          },
        ],
      },
    });
  });

  test("quotes what parsers of YAML 1.1 would read otherwise", () => {
    const text = kubernetesYaml({
      a: "yes",
      b: "on",
      c: "1:30",
      d: "0o17",
      e: "017",
      f: "1_000",
      g: "null",
      h: "2026-01-01",
    });
    expect(text).not.toMatch(/: (yes|on|1:30|017|1_000|null)\n/);
  });
});

describe("what somebody else wrote is never overwritten", () => {
  test.each<[string, (root: string) => void, RegExp]>([
    [
      "a file changed by hand",
      (root) => appendFileSync(join(root, "lgsp/00-namespace-training-lgsp.yaml"), "# mine\n"),
      /was changed by hand/,
    ],
    [
      "a file of another in a new object's place",
      (root) => {
        const list = join(root, "SHA256SUMS");
        writeFileSync(list, readFileSync(list, "utf8").replace(/.*ioc\/65-deployment-api\.yaml\n/, ""));
      },
      /was not written by pdc/,
    ],
    [
      "a link in place of a file",
      (root) => {
        renameSync(join(root, "ioc/65-deployment-api.yaml"), join(root, "elsewhere"));
        symlinkSync(join(root, "elsewhere"), join(root, "ioc/65-deployment-api.yaml"));
      },
      /is no file/,
    ],
    [
      "a link in place of a folder",
      (root) => {
        renameSync(join(root, "ioc"), join(root, "elsewhere"));
        symlinkSync(join(root, "elsewhere"), join(root, "ioc"));
      },
      /is no folder/,
    ],
    [
      "a list that leads out",
      (root) => appendFileSync(join(root, "SHA256SUMS"), `${"0".repeat(64)}  ../x.yaml\n`),
      /is no line of it/,
    ],
  ])("%s", async (_what, change, message) => {
    const root = directory();
    await render(root);
    change(root);
    const before = contents(root);
    await expect(
      render(root, changedExample({ "systems/ioc.yaml": [["memory: 1Gi", "memory: 2Gi"]] })),
    ).rejects.toThrow(message);
    expect(contents(root)).toEqual(before);
  });

  test("a folder with other things, and the render of another environment", async () => {
    const root = directory();
    mkdirSync(join(root, "x"));
    await expect(render(root)).rejects.toMatchObject({
      exitCode: 22,
      message: expect.stringContaining("no list of an earlier render"),
    });
    const other = directory();
    await render(other);
    await expect(render(other, example, "production")).rejects.toMatchObject({ exitCode: 22 });
  });
});
