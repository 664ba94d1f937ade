/** The functions that `ConfigFile`, `ConfigGroup` and `Chart` of the SDK call. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { ProviderError } from "../../../engine/interface/errors.ts";
import type { InvokeRequest, InvokeResult } from "../../../engine/interface/provider.ts";
import { withoutSecrets } from "../../../engine/properties/transform.ts";
import { isPlainObject, type PropertyMap, type PropertyValue } from "../../../engine/properties/values.ts";
import { type KubeObject, kindOf, namespaceOf, withMetadata } from "../objects/kube-object.ts";
import type { Session } from "../session.ts";

const MAX_CHART_OCTETS = 64 * 1024 * 1024;
const HELM_TIMEOUT_MS = 120_000;

export async function invoke(session: Session, request: InvokeRequest): Promise<InvokeResult> {
  const args = withoutSecrets(request.args) as PropertyMap;
  switch (request.token) {
    case "kubernetes:yaml:decode": {
      const namespace = typeof args.defaultNamespace === "string" ? args.defaultNamespace : "";
      return { result: { result: await decode(session, text(args, "text"), namespace) } };
    }
    case "kubernetes:helm:template":
      return { result: { result: await helmTemplate(session, chartOptions(text(args, "jsonOpts"))) } };
    case "kubernetes:kustomize:directory":
      throw new ProviderError(
        "kustomize directories are not read here: render them with `kubectl kustomize` and give the YAML to a ConfigFile",
      );
    default:
      throw new ProviderError(`the package kubernetes has no function ${request.token}`);
  }
}

function text(args: PropertyMap, key: string): string {
  const value = args[key];
  if (typeof value !== "string") throw new ProviderError(`the argument ${key} must be a string`);
  return value;
}

/** All objects of a YAML text; documents without a kind (comments, empty templates) are passed over. */
export function parseManifests(source: string): KubeObject[] {
  const documents = parseAllDocuments(source, { merge: true });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new ProviderError(`the YAML cannot be read: ${error.message.split("\n")[0]}`);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (!isPlainObject(value as PropertyValue)) return [];
    const object = value as KubeObject;
    return typeof object.kind === "string" && typeof object.apiVersion === "string" ? [object] : [];
  });
}

/** @param namespace of objects that name none, where their kind has namespaces; empty: leave them */
export async function decode(session: Session, source: string, namespace: string): Promise<KubeObject[]> {
  const objects = parseManifests(source);
  return namespace === "" ? objects : inNamespaces(session, objects, namespace);
}

/** Objects that name no namespace in this one, where their kind has namespaces. */
export function inNamespaces(
  session: Session,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<KubeObject[]> {
  for (const object of objects) if (kindOf(object) === "CustomResourceDefinition") session.define(object);
  return Promise.all(
    objects.map(async (object) => {
      if (namespaceOf(object) !== "" || !((await session.isNamespaced(object)) ?? true)) return object;
      return withMetadata(object, { namespace });
    }),
  );
}

function chartOptions(json: string): PropertyMap {
  try {
    return JSON.parse(json) as PropertyMap;
  } catch {
    throw new ProviderError("the argument jsonOpts is not JSON");
  }
}

/**
 * `helm template` of a chart, where `helm` is installed.
 * @param options as the SDK's `Chart` writes them: `release_name`, `chart` or `path`, `values`, `namespace` …
 */
export async function helmTemplate(session: Session, options: PropertyMap): Promise<KubeObject[]> {
  const said = (key: string) => (typeof options[key] === "string" ? (options[key] as string) : "");
  const fetchOptions = isPlainObject(options.fetch_opts) ? options.fetch_opts : {};
  const namespace = said("namespace");
  const chart = said("path") || (said("repo") ? `${said("repo")}/${said("chart")}` : said("chart"));
  const directory = await mkdtemp(join(tmpdir(), "pdc-helm-"));
  try {
    // Values may hold secrets: they go through a file that only we may read, not through arguments.
    const values = join(directory, "values.json");
    await writeFile(values, JSON.stringify(options.values ?? {}), { mode: 0o600 });
    const args = ["template", said("release_name"), chart, "--values", values];
    if (options.skip_crd_rendering !== true) args.push("--include-crds");
    if (options.include_test_hook_resources !== true) args.push("--skip-tests");
    if (options.skip_hooks === true) args.push("--no-hooks");
    if (namespace) args.push("--namespace", namespace);
    if (said("version")) args.push("--version", said("version"));
    if (said("kube_version")) args.push("--kube-version", said("kube_version"));
    if (typeof fetchOptions.repo === "string") args.push("--repo", fetchOptions.repo);
    for (const version of Array.isArray(options.api_versions) ? options.api_versions : [])
      args.push("--api-versions", String(version));
    const { stdout } = await promisify(execFile)("helm", args, {
      maxBuffer: MAX_CHART_OCTETS,
      timeout: HELM_TIMEOUT_MS,
      signal: session.signal,
    });
    return await decode(session, stdout, namespace);
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT")
      throw new ProviderError(
        "Helm charts need the program helm (version 3 or 4) on PATH: install it, or give the rendered YAML to a ConfigFile",
      );
    throw stderr ? new ProviderError(`helm template ${chart} failed: ${stderr.trim()}`) : error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
