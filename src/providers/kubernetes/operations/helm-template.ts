/** `helm template` of a chart, where the program `helm` is installed. Touches the outside world. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { ProviderError } from "../../../engine/interface/errors.ts";
import type { Session } from "../session.ts";
import type { ChartRequest } from "./chart-request.ts";

const MAX_CHART_OCTETS = 64 * 1024 * 1024;
const HELM_TIMEOUT_MS = 120_000;
const kindsOfArgument = 500;

export interface RenderedChart {
  /** YAML of its objects, hooks last */
  readonly manifests: string;
  /** what helm said beside them, a line each */
  readonly warnings: readonly string[];
}

/**
 * The chart's manifests for the cluster of the session: its version and kinds are what templates see as
 * `.Capabilities`. Without a cluster (or when objects are only rendered) they see what helm takes for usual.
 * @throws ProviderError with what helm says is wrong
 */
export async function helmTemplate(session: Session, request: ChartRequest): Promise<RenderedChart> {
  const chart = resolve(request.chart);
  if (!existsSync(chart))
    throw new ProviderError(
      `there is no chart at ${chart}: charts are directories or packages on this machine; get one with \`helm pull --untar\``,
    );
  const directory = await mkdtemp(join(tmpdir(), "pdc-helm-"));
  try {
    const files = await Promise.all(
      request.valueTexts.map((text, i) => privateFile(join(directory, `values-${i}.yaml`), text)),
    );
    const args = [
      ...files.flatMap((file) => ["--values", file]),
      // Values may hold secrets: they are neither arguments, which everybody sees, nor left on the disk.
      ...["--values", "-"],
      ...["--namespace", request.namespace],
      ...(request.skipsDefinitions ? [] : ["--include-crds"]),
      ...(request.hooks === "none" ? ["--no-hooks"] : []),
      ...(request.hooks === "without-tests" ? ["--skip-tests"] : []),
      ...(await capabilities(session, request)),
      ...(await lookingUp(session, request, directory)),
      ...request.more,
      ...["--", request.releaseName, chart],
    ];
    const running = promisify(execFile)("helm", ["template", ...args], {
      maxBuffer: MAX_CHART_OCTETS,
      timeout: HELM_TIMEOUT_MS,
      signal: session.signal,
    });
    // A helm that ends before it has read them says why itself.
    running.child.stdin?.on("error", () => {}).end(JSON.stringify(request.values));
    const { stdout, stderr } = await running;
    return { manifests: stdout, warnings: stderr.split("\n").filter((line) => line.trim() !== "") };
  } catch (error) {
    session.signal.throwIfAborted();
    throw explained(error, request.chart);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function privateFile(path: string, text: string): Promise<string> {
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

async function capabilities(session: Session, request: ChartRequest): Promise<string[]> {
  const server = session.isRendering ? undefined : await session.capabilities();
  const version = request.kubeVersion ?? server?.version;
  const kinds = request.apiVersions ?? server?.apiVersions ?? [];
  return [
    ...(version === undefined ? [] : ["--kube-version", version]),
    // One argument has at most 128 KiB.
    ...Array.from({ length: Math.ceil(kinds.length / kindsOfArgument) }, (_, i) => [
      "--api-versions",
      kinds.slice(i * kindsOfArgument, (i + 1) * kindsOfArgument).join(","),
    ]).flat(),
  ];
}

/** Helm asks the cluster with the same access as the provider. */
async function lookingUp(session: Session, request: ChartRequest, directory: string): Promise<string[]> {
  if (!request.looksUp || !(await session.isReachable())) return [];
  const kubeconfig = await privateFile(join(directory, "kubeconfig"), session.kubeconfigText());
  return ["--dry-run=server", "--kubeconfig", kubeconfig];
}

function explained(error: unknown, chart: string): unknown {
  const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string };
  if (code === "ENOENT")
    return new ProviderError(
      "Helm charts need the program helm (version 3.13 or later) on PATH: install it, or give the rendered YAML to a ConfigFile",
    );
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")
    return new ProviderError(
      `the chart ${chart} makes more than ${MAX_CHART_OCTETS / 2 ** 20} MiB of manifests`,
    );
  if (killed) return new ProviderError(`helm template ${chart} took more than ${HELM_TIMEOUT_MS / 1000} s`);
  const said = stderr
    ?.replaceAll(/^Error: /gm, "")
    .replace(/Use --debug flag to render out invalid YAML\s*$/, "")
    .trim();
  return said ? new ProviderError(`helm template ${chart} failed: ${said}`) : error;
}
