/** What is asked of a chart, from the inputs of the SDK's two `Chart` classes; what is not done here is refused by name. */
import { ProviderError } from "../../../engine/interface/errors.ts";
import { assetContent } from "../../../engine/properties/assets.ts";
import {
  isObject,
  isPlainObject,
  type PropertyMap,
  type PropertyValue,
  signatureOf,
  signatures,
} from "../../../engine/properties/values.ts";

export interface ChartRequest {
  readonly releaseName: string;
  /** a directory or a packaged chart on this machine */
  readonly chart: string;
  readonly namespace: string;
  readonly values: PropertyMap;
  /** YAML whose values come before `values`, in this order */
  readonly valueTexts: readonly string[];
  readonly skipsDefinitions: boolean;
  readonly hooks: "none" | "without-tests" | "all";
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  /** whether `lookup` asks the cluster */
  readonly looksUp: boolean;
  /** further arguments of `helm template` */
  readonly more: readonly string[];
}

const text = (value: PropertyValue | undefined): string => (typeof value === "string" ? value : "");
const isMeant = (value: PropertyValue | undefined): boolean =>
  value !== undefined && value !== null && value !== "" && value !== false;

/** @param options as `helm.v3.Chart` writes them: `release_name`, `path` or `chart`, `values`, `fetch_opts` … */
export function requestOfV3(options: PropertyMap): ChartRequest {
  const fetching = isPlainObject(options.fetch_opts) ? options.fetch_opts : {};
  const [path, chart] = [text(options.path), text(options.chart)];
  return {
    releaseName: text(options.release_name),
    chart: localChart(
      path === "" || chart === "" ? path || chart : `${path}/${chart}`,
      options.repo,
      fetching,
    ),
    namespace: text(options.namespace) || "default",
    values: isPlainObject(options.values) ? options.values : {},
    valueTexts: [],
    skipsDefinitions: options.skip_crd_rendering === true,
    hooks: options.include_test_hook_resources === true ? "all" : "without-tests",
    ...(text(options.kube_version) && { kubeVersion: text(options.kube_version) }),
    ...(Array.isArray(options.api_versions) &&
      options.api_versions.length > 0 && { apiVersions: options.api_versions.map(String) }),
    looksUp: false,
    more: fetching.verify === true ? verifying(text(fetching.keyring)) : [],
  };
}

/**
 * @param inputs of `helm.v4.Chart`, without secrets
 * @param place name of the resource, and the namespace of objects that name none
 * @param isRendering whether objects are written to files, which hooks may be among
 */
export async function requestOfV4(
  inputs: PropertyMap,
  place: { name: string; namespace: string },
  isRendering: boolean,
): Promise<ChartRequest> {
  const renderer = isPlainObject(inputs.postRenderer) ? inputs.postRenderer : undefined;
  const files = Array.isArray(inputs.valueYamlFiles) ? inputs.valueYamlFiles : [];
  return {
    releaseName: text(inputs.name) || place.name,
    chart: localChart(
      text(inputs.chart),
      undefined,
      isPlainObject(inputs.repositoryOpts) ? inputs.repositoryOpts : {},
    ),
    namespace: text(inputs.namespace) || place.namespace,
    values: isPlainObject(inputs.values) ? ((await withContents(inputs.values)) as PropertyMap) : {},
    valueTexts: await Promise.all(files.map(contentOf)),
    skipsDefinitions: inputs.skipCrds === true,
    // Nobody would run them; whoever takes the files may.
    hooks: isRendering && inputs.includeHooks === true ? "without-tests" : "none",
    looksUp: !isRendering,
    more: [
      ...(inputs.dependencyUpdate === true ? ["--dependency-update"] : []),
      ...(inputs.verify === true ? verifying(isObject(inputs.keyring) ? text(inputs.keyring.path) : "") : []),
      ...(renderer ? ["--post-renderer", text(renderer.command)] : []),
      ...(Array.isArray(renderer?.args)
        ? renderer.args.flatMap((argument) => ["--post-renderer-args", String(argument)])
        : []),
    ],
  };
}

const verifying = (keyring: string): string[] => [
  "--verify",
  ...(keyring === "" ? [] : ["--keyring", keyring]),
];

/** @throws ProviderError for a chart that would have to be fetched */
function localChart(chart: string, repository: PropertyValue | undefined, fetching: PropertyMap): string {
  if (chart === "")
    throw new ProviderError("the chart is not named: give the path of its directory or package");
  const isRemote =
    /^[a-z][a-z0-9+.-]*:\/\//i.test(chart) ||
    isMeant(repository) ||
    ["repo", "username", "password", "caFile", "certFile", "keyFile"].some((key) => isMeant(fetching[key]));
  if (isRemote)
    throw new ProviderError(
      `the chart ${chart} is not fetched: nothing is loaded from the network at run time; get it once with \`helm pull --untar\`, keep it beside the program, and name its directory (chart, or path of helm.v3.Chart)`,
    );
  return chart;
}

/** Assets among values stand for their contents. */
async function withContents(value: PropertyValue): Promise<PropertyValue> {
  if (Array.isArray(value)) return Promise.all(value.map(withContents));
  if (!isObject(value)) return value;
  if (signatureOf(value) !== undefined) return contentOf(value);
  const entries = Object.entries(value).map(
    async ([key, child]) => [key, await withContents(child)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** @throws ProviderError for what is no asset, or an asset that cannot be read */
async function contentOf(value: PropertyValue): Promise<string> {
  if (!isObject(value) || signatureOf(value) !== signatures.asset)
    throw new ProviderError("values of a chart may be assets, but no archives and no resources");
  try {
    return (await assetContent(value, process.cwd())).toString("utf8");
  } catch (error) {
    throw new ProviderError(`values of the chart cannot be read: ${(error as Error).message}`);
  }
}
