/** `renderYamlToDirectory`: manifests as files instead of objects in a cluster, laid out as the official provider does. */
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { apiVersionOf, type KubeObject, kindOf, nameOf, namespaceOf } from "../objects/kube-object.ts";
import { kubernetesYaml } from "../objects/kubernetes-yaml.ts";

/** Definitions lie apart, so that they can be applied first. */
export function renderedPath(directory: string, object: KubeObject): string {
  const isDefinition =
    kindOf(object) === "CustomResourceDefinition" && apiVersionOf(object).startsWith("apiextensions.k8s.io/");
  const safe = (text: string) => text.replaceAll(/[/:]/g, "_");
  const name = [
    safe(apiVersionOf(object)),
    kindOf(object).toLowerCase(),
    safe(namespaceOf(object) || "default"),
    safe(nameOf(object)),
  ].join("-");
  return join(directory, isDefinition ? "0-crd" : "1-manifest", `${name}.yaml`);
}

/** Writes the file whole or not at all; only its owner may read it, since Secrets are rendered in clear. */
export async function renderObject(directory: string, object: KubeObject): Promise<string> {
  const path = renderedPath(directory, object);
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.part`;
  try {
    await writeFile(temporary, kubernetesYaml(object, { isSorted: true }), { mode: 0o600 });
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return path;
}

export async function removeRendered(directory: string, object: KubeObject): Promise<void> {
  await rm(renderedPath(directory, object), { force: true });
}
