/** What a directory of manifests says of namespaces, policies and pods. Reads YAML and nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { LabelMap, NetworkPolicy, Pod } from "./evaluator.ts";

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: LabelMap };
  spec?: {
    template?: Template;
    jobTemplate?: { spec: { template: Template } };
  };
}

interface Template {
  metadata?: { labels?: LabelMap };
  spec: {
    hostNetwork?: boolean;
    containers: { ports?: { name?: string; containerPort: number; protocol?: "TCP" | "UDP" | "SCTP" }[] }[];
  };
}

export interface Manifests {
  namespaces: Map<string, LabelMap>;
  policies: NetworkPolicy[];
  /** One pod of each controller. */
  pods: Pod[];
}

export function readManifests(...directories: readonly string[]): Manifests {
  const found: Manifests = { namespaces: new Map(), policies: [], pods: [] };
  for (const directory of directories) {
    for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" }).sort()) {
      if (!name.endsWith(".yaml")) continue;
      const manifest = parse(readFileSync(join(directory, name), "utf8")) as Manifest | null;
      if (manifest === null) continue;
      const { kind, metadata } = manifest;
      if (kind === "Namespace") found.namespaces.set(metadata.name, metadata.labels ?? {});
      if (kind === "NetworkPolicy") found.policies.push(manifest as unknown as NetworkPolicy);
      const template = manifest.spec?.template ?? manifest.spec?.jobTemplate?.spec.template;
      if (template?.spec?.containers) found.pods.push(podOf(manifest, template));
    }
  }
  return found;
}

function podOf({ metadata }: Manifest, { metadata: inner, spec }: Template): Pod {
  const ports = spec.containers.flatMap((container) =>
    (container.ports ?? []).map((one) => ({
      name: one.name ?? "",
      port: one.containerPort,
      ...(one.protocol && { protocol: one.protocol }),
    })),
  );
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "default",
    labels: inner?.labels ?? {},
    ports,
    ...(spec.hostNetwork && { hostNetwork: true }),
  };
}
