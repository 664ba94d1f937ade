/** Charts through the real helm and a real API server; beside Pulumi's own plugin where that is installed. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { findPlugin } from "../../../src/engine/embedded/providers/plugin-search.ts";
import { type ControlPlane, startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";
import { absence, startTimeoutMs } from "../../lab/control-plane/availability.ts";
import { ensureHelm } from "../../lab/helm/helm.ts";
import { type Ran, StackRunner } from "./stack-runner.ts";

const chart = join(import.meta.dirname, "../../fixtures/charts/records");
const password = "correct-horse-battery";
const official = await findPlugin("kubernetes", undefined, process.env).catch(() => undefined);

const temporary = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "pdc-helm-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

describe.skipIf(absence)("charts", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let stack: StackRunner;
  let missing: string | undefined;
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 2 });
    const directory = await ensureHelm().catch((error: Error) => {
      missing = error.message;
      console.warn(`tests of charts are skipped: ${missing}`);
    });
    if (directory) vi.stubEnv("PATH", [directory, process.env.PATH].join(delimiter));
    kubectl("create", "configmap", "known", "--from-literal=answer=42");
  }, startTimeoutMs);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await plane?.stop();
  });
  beforeEach(async ({ skip }) => {
    skip(missing !== undefined, missing);
    stack = new StackRunner(plane.kubeconfigPath);
    await stack.init();
  });
  afterEach(async () => {
    await stack?.destroy();
    stack?.remove();
    kubectl("delete", "configmap", "--ignore-not-found", "records-kept", "release-kept");
  });

  const kubectl = (...args: string[]) =>
    execFileSync(plane.kubectlPath, ["--kubeconfig", plane.kubeconfigPath, ...args], { encoding: "utf8" });
  const data = (name: string, namespace = "default") => {
    const text = kubectl("-n", namespace, "get", "configmap", name, "-o", "json");
    return JSON.parse(text).data as Record<string, string>;
  };
  const made = ({ steps }: Ran) =>
    steps
      .filter((step) => !/ (default\w*|kube-dev)$/.test(step))
      .map((step) => step.replace(/^create /, ""))
      .sort();
  const failure = async (program: () => void) => {
    const ran = await stack.preview(program);
    expect(ran.result).toBe("failed");
    return ran.diagnostics.join("\n");
  };
  /** The chart without its definition and what needs it, under another name beside the first. */
  const plain = { skipCrds: true, values: { books: false } };

  test("helm.v4.Chart: every object but hooks, for this cluster, in order; it stays, and keeps what it should", async () => {
    const namespace = () => new k8s.core.v1.Namespace("office", { metadata: { name: "office" } });
    const program = () => {
      new k8s.helm.v4.Chart("records", { chart, namespace: namespace().metadata.name });
    };
    const up = await stack.up(program);
    expect(up).toMatchObject({ result: "succeeded", diagnostics: [] });
    const five = Array.from({ length: 5 }, () => "records:office/records");
    expect(made(up)).toEqual([
      "office",
      "records",
      "records:books.records.example",
      ...five,
      "records:office/records-cache",
      "records:office/records-kept",
      "records:records-office",
    ]);
    expect(data("records", "office")).toMatchObject({
      version: plane.kubernetesVersion,
      hasDeployments: "true",
      hasShelves: "false",
      known: "nobody asked",
      installs: "true",
    });
    expect(data("records-cache", "office")).toEqual({ size: "1" });
    expect(kubectl("-n", "office", "get", "books.records.example", "-o", "name").trim()).toBe(
      "book.records.example/records",
    );
    const mode = "jsonpath={.spec.template.spec.volumes[0].secret.defaultMode}";
    expect(kubectl("-n", "office", "get", "deployment/records", "-o", mode)).toBe(String(0o440));
    expect((await stack.preview(program)).changes).toEqual({});
    expect((await stack.up(() => void namespace())).result).toBe("succeeded");
    expect(kubectl("-n", "office", "get", "configmap", "-o", "name")).toMatch(/records-kept/);
    expect(kubectl("-n", "office", "get", "deployment", "-o", "name")).toBe("");
  });

  test("values: files before literals, assets by their content, null takes away, types stay, the cluster is asked", async () => {
    const directory = temporary();
    writeFileSync(
      join(directory, "values.yaml"),
      "motto: of the file\npostcode: '00011'\nhosts: [of.the.file]\n",
    );
    writeFileSync(join(directory, "motto.txt"), "of the asset");
    const ran = await stack.up(() => {
      new k8s.helm.v4.Chart("records", {
        ...plain,
        chart,
        valueYamlFiles: [
          new pulumi.asset.StringAsset("hosts: [first.example]\nratio: 0.5\n"),
          new pulumi.asset.FileAsset(join(directory, "values.yaml")),
        ],
        values: {
          books: false,
          motto: new pulumi.asset.FileAsset(join(directory, "motto.txt")),
          largest: 98_765_432_101,
          removed: null,
        },
      });
    });
    expect(ran.result).toBe("succeeded");
    expect(data("records")).toMatchObject({
      motto: "of the asset",
      postcode: "00011",
      hosts: "of.the.file",
      ratio: "0.5",
      // As helm itself shows a number that it read from a file.
      largest: "9.8765432101e+10",
      removed: "false",
      isPublic: "false",
      known: "42",
    });
  });

  test("secret values are in no argument and in no state, whatever they became part of", async () => {
    const directory = temporary();
    const helm = execFileSync("sh", ["-c", "command -v helm"], { encoding: "utf8" }).trim();
    const log = join(directory, "arguments");
    writeFileSync(
      join(directory, "helm"),
      `#!/bin/sh\nprintf '%s\\n' "$@" >>'${log}'\nexec '${helm}' "$@"\n`,
      { mode: 0o755 },
    );
    const path = process.env.PATH;
    vi.stubEnv("PATH", [directory, path].join(delimiter));
    try {
      const chartWith = (more: object) => () => {
        new k8s.helm.v4.Chart("records", {
          ...plain,
          chart,
          values: { books: false, password: pulumi.secret(password), ...more },
        });
      };
      expect((await stack.up(chartWith({}))).result).toBe("succeeded");
      const variable = "jsonpath={.spec.template.spec.containers[0].env[0].value}";
      expect(kubectl("get", "deployment/records", "-o", variable)).toBe(`postgres://app:${password}@db/app`);
      expect(readFileSync(log, "utf8")).toMatch(/^--dry-run=server$/m);
      for (const text of [readFileSync(log, "utf8"), stack.state()])
        for (const secret of [password, Buffer.from(password).toString("base64")])
          expect(text.includes(secret)).toBe(false);
      // helm says in which line of what it made the mistake is, and so what stands there.
      const told = await failure(chartWith({ image: pulumi.secret(`${password}: {`) }));
      expect(told).toMatch(/helm template .* failed/);
      expect(told.includes(password)).toBe(false);
    } finally {
      vi.stubEnv("PATH", path);
    }
  });

  test("helm.v3.Chart: names and namespaces as ever, hooks but not those of tests, nothing asked of the cluster", async () => {
    const program = (more: object) => () => {
      new k8s.helm.v3.Chart("release", {
        path: chart,
        skipCRDRendering: true,
        values: plain.values,
        ...more,
      });
    };
    const up = await stack.up(program({ kubeVersion: "1.31.4", apiVersions: ["shelves.example/v1/Shelf"] }));
    expect(up.result).toBe("succeeded");
    const plainNames = ["release-cache", "release-default", "release-kept", "release-migrate"];
    const four = Array.from({ length: 4 }, () => "release");
    expect(made(up)).toEqual(["default/release", ...four, ...plainNames]);
    expect(up.diagnostics).toEqual([expect.stringMatching(/^warning: it is a hook of a Helm chart/)]);
    expect(data("release")).toMatchObject({ version: "v1.31.4", hasShelves: "true", known: "nobody asked" });
    const inNamespace = await stack.preview(
      program({ namespace: "elsewhere", resourcePrefix: "p", includeTestHookResources: true }),
    );
    expect(made(inNamespace)).toContain("p-elsewhere/p-release-answers");
    expect(made(inNamespace)).toContain("p-elsewhere/p-release-migrate");
  });

  test("rendered for somebody else, who may run its hooks: no cluster is asked", async () => {
    stack.renderTo = temporary();
    const files = async (includeHooks: boolean) => {
      const ran = await stack.up(() => {
        new k8s.helm.v4.Chart("records", { chart, includeHooks, values: { books: false } });
      });
      expect(ran.result).toBe("succeeded");
      return readdirSync(stack.renderTo ?? "", { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".yaml"),
      );
    };
    const without = await files(false);
    expect(without).toContain(
      join("0-crd", "apiextensions.k8s.io_v1-customresourcedefinition-default-books.records.example.yaml"),
    );
    expect(without.some((name) => /migrate|answers/.test(name))).toBe(false);
    const map = readFileSync(join(stack.renderTo, "1-manifest/v1-configmap-default-records.yaml"), "utf8");
    expect(map).toMatch(/known: nobody asked/);
    const hooks = (await files(true)).filter((name) => !without.includes(name));
    expect(hooks).toEqual([join("1-manifest", "batch_v1-job-default-records-migrate.yaml")]);
  });

  test("an object that changes the version of its API stays what it is", async () => {
    const directory = temporary();
    cpSync(chart, join(directory, "chart"), { recursive: true });
    const scaled = (version: string) =>
      `apiVersion: autoscaling/${version}\nkind: HorizontalPodAutoscaler\nmetadata: {name: scaled}\nspec: {maxReplicas: 2, scaleTargetRef: {kind: Deployment, name: records, apiVersion: apps/v1}}\n`;
    const program = (version: string) => () => {
      writeFileSync(join(directory, "chart/templates/scaled.yaml"), scaled(version));
      new k8s.helm.v4.Chart("records", { ...plain, chart: join(directory, "chart") });
    };
    expect((await stack.up(program("v1"))).result).toBe("succeeded");
    const uid = kubectl("get", "hpa/scaled", "-o", "jsonpath={.metadata.uid}");
    const again = await stack.up(program("v2"));
    expect(again.diagnostics).toEqual([]);
    expect(again.changes).toEqual({ update: 1 });
    expect(kubectl("get", "hpa/scaled", "-o", "jsonpath={.metadata.uid}")).toBe(uid);
  });

  test.each<[string, RegExp, () => void]>([
    [
      "values that its schema refuses",
      /at '\/replicas'/,
      () => new k8s.helm.v4.Chart("records", { chart, values: { replicas: 0 } }),
    ],
    ["a name helm refuses", /invalid release name/, () => new k8s.helm.v4.Chart("Bad_Name", { chart })],
    [
      "no such directory",
      /there is no chart at .*nope.*helm pull/,
      () => new k8s.helm.v4.Chart("records", { chart: "./nope" }),
    ],
    [
      "a registry",
      /not fetched.*helm pull/,
      () => new k8s.helm.v4.Chart("records", { chart: "oci://registry.example/records" }),
    ],
    [
      "a repository",
      /not fetched.*helm pull/,
      () =>
        new k8s.helm.v4.Chart("records", {
          chart: "records",
          repositoryOpts: { repo: "https://charts.example" },
        }),
    ],
    [
      "a repository of the older class",
      /not fetched.*helm pull/,
      () =>
        new k8s.helm.v3.Chart("records", { chart: "records", fetchOpts: { repo: "https://charts.example" } }),
    ],
    ["a release", /use a Chart/, () => new k8s.helm.v3.Release("records", { chart })],
    [
      "values that are no text",
      /no archives/,
      () => new k8s.helm.v4.Chart("records", { chart, values: { a: new pulumi.asset.FileArchive(chart) } }),
    ],
  ])("%s: refused, with the way out", async (_what, expected, program) => {
    expect(await failure(program)).toMatch(expected);
  });

  test("without helm, what to do is said", async () => {
    const path = process.env.PATH;
    const empty = temporary();
    vi.stubEnv("PATH", empty);
    try {
      expect(await failure(() => void new k8s.helm.v4.Chart("records", { chart }))).toMatch(
        /need the program helm .* or give the rendered YAML to a ConfigFile/,
      );
    } finally {
      vi.stubEnv("PATH", path);
    }
  });

  test.skipIf(!official)("Pulumi's plugin makes the same (skipped where it is not installed)", async () => {
    const theirs = new StackRunner(plane.kubeconfigPath, {}, "plugin");
    await theirs.init();
    const programs = [
      () => void new k8s.helm.v4.Chart("records", { chart, name: "release", resourcePrefix: "p" }),
      () => void new k8s.helm.v3.Chart("records", { path: chart }),
    ];
    for (const program of programs) {
      const [our, their] = [await stack.preview(program), await theirs.preview(program)];
      expect(our.result).toBe("succeeded");
      expect(made(our)).toEqual(made(their));
    }
    theirs.remove();
  });

  test.skipIf(!official).each<[string, () => void]>([
    ["helm.v4.Chart", () => void new k8s.helm.v4.Chart("records", { chart })],
    ["helm.v3.Chart", () => void new k8s.helm.v3.Chart("records", { path: chart })],
  ])("%s changes hands with Pulumi's plugin, both ways, without a change", async (_what, program) => {
    for (const [maker, taker] of [
      ["plugin", "ours"],
      ["ours", "plugin"],
    ] as const) {
      stack.handOver(maker);
      expect((await stack.up(program)).result).toBe("succeeded");
      stack.handOver(taker);
      const seen = await stack.preview(program);
      expect(
        seen.steps.filter((step) => !/ default\w*$/.test(step)),
        `${maker} to ${taker}`,
      ).toEqual([]);
      await stack.destroy();
      kubectl("delete", "configmap", "--ignore-not-found", "records-kept");
    }
  });
});
