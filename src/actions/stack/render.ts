/** The objects of the platform as files, without a cluster and without a secret. */
import { resolve } from "node:path";
import { clusterOf } from "../../../stacks/platform/plan.ts";
import { renderObjects } from "../../../stacks/platform/render.ts";
import { openPlan } from "./platform-plan.ts";
import { LIST, writeRendered } from "./rendered-directory.ts";

export interface RenderResult {
  directory: string;
  objects: number;
  written: readonly string[];
  unchanged: number;
  removed: readonly string[];
  /** Secrets that the files do not hold: which file stands for which credentials. */
  secrets: readonly { file: string; credentials: readonly string[] }[];
}

export async function renderStack(options: {
  name: string;
  environment: string;
  inventoryDirectory: string;
  directory: string;
}): Promise<{ data: RenderResult; text: string }> {
  const { name, environment } = options;
  const { inventory, plan } = await openPlan(name, environment, options.inventoryDirectory);
  const cluster = clusterOf(inventory, inventory.environments.get(environment)!);
  const files = renderObjects(plan.objects, cluster);
  const directory = resolve(options.directory);
  const title = `pdc stack render ${name} --stack ${environment}, of ${inventory.province.id}`;
  const { written, unchanged, removed } = await writeRendered(directory, title, files);
  const secrets = files.flatMap(({ path, credentials }) =>
    credentials ? [{ file: path, credentials }] : [],
  );
  const data = { directory, objects: files.length, written, unchanged, removed, secrets };
  const text = [
    `${files.length} objects of ${name}/${environment} in ${directory}: ${written.length} written, ${unchanged} as they were, ${removed.length} removed`,
    `${secrets.length} of them are secrets, whose files say where their values come from and hold none`,
    `to check: sha256sum -c ${LIST}; to apply: kubectl apply --server-side -R -f ${options.directory}`,
    "",
  ].join("\n");
  return { data, text };
}
