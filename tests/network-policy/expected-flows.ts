/**
 * The flows that the example's inventory asks for, worked out from its YAML by hand-written rules of the test: what
 * a system calls inside, the exchange map, and the services of the cluster. No code of the renderer.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface WorkloadRow {
  name: string;
  template: "web" | "api" | "worker" | "gis" | "broker";
  isTls?: boolean;
  host?: string;
  metricsPath?: string;
  metricsPort?: number;
  calls?: string[];
  replicas?: { min: number };
}

export interface SystemRow {
  id: string;
  platform?: { workloads: WorkloadRow[]; databases: { name: string }[]; gateway?: string };
}

interface End {
  system?: string;
  workload?: string;
  endpoint?: string;
}

export interface EndpointRow {
  id: string;
  reach: string;
  addresses: string[];
  port: number;
}

export function rows<T>(inventory: string, kind: string): T[] {
  const folder = join(inventory, kind);
  return readdirSync(folder).flatMap((name) => parse(readFileSync(join(folder, name), "utf8")) as T[]);
}

const usualPort = {
  web: [8080, 8443],
  gis: [8080, 8443],
  api: [8080, 8443],
  broker: [5672, 5671],
  worker: [0, 0],
};

export function servicePort({ template, isTls }: WorkloadRow): number {
  return usualPort[template][isTls ? 1 : 0]!;
}

/** "production-lgsp/gateway>production-mot-cua/api:8443"; services of the cluster and endpoints by their bare name. */
export function expectedFlows(
  inventory: string,
  environment: string,
  options: { excludes?: string[]; isReal: boolean; isSingle: boolean },
): Set<string> {
  const systems = rows<SystemRow>(inventory, "systems").filter(
    ({ id, platform }) => platform && !options.excludes?.includes(id),
  );
  const endpoints = new Map(rows<EndpointRow>(inventory, "endpoints").map((one) => [one.id, one]));
  const flows = new Set<string>();
  const pods = (system: string, name: string) => `${environment}-${system}/${name}`;
  for (const { id, platform } of systems) {
    for (const workload of platform!.workloads) {
      const here = pods(id, workload.name);
      for (const called of workload.calls ?? []) {
        const to = platform!.workloads.find(({ name }) => name === called);
        flows.add(`${here}>${pods(id, called)}:${to ? servicePort(to) : 5432}`);
      }
      if (workload.host) flows.add(`ingress>${here}:${servicePort(workload)}`);
      if (workload.metricsPath)
        flows.add(`monitoring>${here}:${workload.metricsPort ?? (servicePort(workload) || 9090)}`);
      if (workload.template === "broker" && !options.isSingle)
        for (const port of [4369, 25672]) flows.add(`${here}>${here}:${port}`);
    }
    for (const { name } of platform!.databases) flows.add(`backup>${pods(id, name)}:5432`);
  }
  const lgsp = systems.find(({ platform }) => platform!.gateway);
  const gateway = pods(lgsp!.id, lgsp!.platform!.gateway!);
  const there = (end: End): string | undefined => {
    if (end.endpoint)
      return endpoints.get(end.endpoint)!.reach === "nation" && !options.isReal ? undefined : end.endpoint;
    return systems.some(({ id }) => id === end.system) ? pods(end.system!, end.workload!) : undefined;
  };
  const portOf = (end: End): number => {
    if (end.endpoint) return endpoints.get(end.endpoint)!.port;
    const { workloads } = systems.find(({ id }) => id === end.system)!.platform!;
    return servicePort(workloads.find(({ name }) => name === end.workload)!);
  };
  for (const { consumer, provider, route } of rows<{ consumer: End; provider: End; route?: string }>(
    inventory,
    "exchanges",
  )) {
    const [from, to] = [there(consumer), there(provider)];
    if (!from || !to) continue;
    if (route === "direct") flows.add(`${from}>${to}:${portOf(provider)}`);
    else flows.add(`${from}>${gateway}:8443`).add(`${gateway}>${to}:${portOf(provider)}`);
  }
  return flows;
}
