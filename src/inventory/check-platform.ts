/** Does everything that systems, environments and exchanges name on the platform exist, and only once? */
import { type Kind, SINGULAR } from "./kinds.ts";
import { type Collected, type Located, placeOf, problemIn } from "./located.ts";
import type { InventoryProblem, System } from "./model.ts";
import { didYouMean } from "./near-match.ts";
import type { YamlPath } from "./parse-yaml.ts";
import type { ExchangeEnd, Workload } from "./platform-model.ts";

type Need = (from: Located<unknown>, path: YamlPath, kind: Kind, id: string | undefined) => void;
/** That a credential of this kind is there, and has what is taken of it. */
type NeedCredential = (
  from: Located<unknown>,
  path: YamlPath,
  id: string | undefined,
  kind?: "password" | "certificate",
  isUserTaken?: boolean,
) => void;
type Tell = (from: Located<unknown>, path: YamlPath, code: string, message: string, hint?: string) => void;

/** Dangling and double names of the platform, each at its place. */
export function checkPlatform(collected: Collected): InventoryProblem[] {
  const { items, refusedIds } = collected;
  const problems: InventoryProblem[] = [];
  const tell: Tell = (from, path, code, message, hint) => {
    problems.push(problemIn(from, path, code, message, hint));
  };
  const need: Need = (from, path, kind, id) => {
    if (id === undefined || items[kind].has(id) || refusedIds[kind].has(id)) return;
    const hint = didYouMean(id, items[kind].keys());
    tell(from, path, "dangling-reference", `there is no ${SINGULAR[kind]} "${id}"`, hint);
  };
  const needCredential: NeedCredential = (from, path, id, kind = "password", isUserTaken = false) => {
    need(from, path, "credentials", id);
    const credential = id === undefined ? undefined : items.credentials.get(id);
    if (!credential) return;
    const at = placeOf(credential, ["id"]);
    if (credential.value.kind !== kind)
      tell(
        from,
        path,
        "wrong-kind",
        `"${id}" is a credential of kind ${credential.value.kind} (${at}), and one of kind ${kind} is needed`,
      );
    else if (isUserTaken && credential.value.kind === "password" && !credential.value.user)
      tell(from, path, "missing-key", `credential "${id}" names no user`, `user: … at ${at}`);
  };
  for (const system of items.systems.values()) checkSystem(system, need, needCredential, tell);
  checkGateways(items.systems.values(), tell);
  for (const cluster of items.clusters.values()) {
    need(cluster, ["site"], "sites", cluster.value.site);
    needCredential(cluster, ["certificateCredential"], cluster.value.certificateCredential, "certificate");
  }
  for (const environment of items.environments.values()) {
    const { id, cluster, excludes, quotas } = environment.value;
    need(environment, ["cluster"], "clusters", cluster);
    for (const [i, system] of excludes.entries()) need(environment, ["excludes", i], "systems", system);
    for (const [i, { system }] of quotas.entries())
      need(environment, ["quotas", i, "system"], "systems", system);
    for (const system of items.systems.values()) {
      const namespace = `${id}-${system.value.id}`;
      if (system.value.platform && namespace.length > 63)
        tell(environment, ["id"], "name-too-long", `namespace "${namespace}" has more than 63 characters`);
    }
  }
  for (const exchange of items.exchanges.values()) {
    for (const side of ["consumer", "provider"] as const)
      checkEnd(exchange, side, exchange.value[side], collected, need, tell);
  }
  for (const registry of items.registries.values())
    needCredential(registry, ["credential"], registry.value.credential, "password", true);
  for (const image of items.images.values()) need(image, ["registry"], "registries", image.value.registry);
  return problems;
}

/** Objects that every namespace has of its own; a workload makes others of the same kinds under its name. */
const reservedNames: readonly string[] = ["default", "default-deny", "name-resolution", "center-tls"];

function checkSystem(system: Located<System>, need: Need, needCredential: NeedCredential, tell: Tell): void {
  const { platform } = system.value;
  if (!platform) return;
  const first = new Map<string, YamlPath>();
  for (const kind of ["workloads", "databases"] as const) {
    for (const [i, { name, image }] of platform[kind].entries()) {
      const path: YamlPath = ["platform", kind, i];
      need(system, [...path, "image"], "images", image);
      if (reservedNames.includes(name) || name.startsWith("registry-"))
        tell(
          system,
          [...path, "name"],
          "invalid-name",
          `every system has something called "${name}" of its own`,
          "another name",
        );
      const other = first.get(name);
      if (other)
        tell(system, [...path, "name"], "duplicate-id", `"${name}" stands also at ${placeOf(system, other)}`);
      else first.set(name, [...path, "name"]);
    }
  }
  const known = [...first.keys()];
  for (const [i, workload] of platform.workloads.entries()) {
    const path: YamlPath = ["platform", "workloads", i];
    for (const [j, called] of workload.calls.entries()) {
      if (first.has(called)) continue;
      const hint = didYouMean(called, known) ?? `it has ${known.join(", ")}`;
      tell(
        system,
        [...path, "calls", j],
        "dangling-reference",
        `the system has no "${called}" to call`,
        hint,
      );
    }
    for (const [j, { credential, field }] of workload.secrets.entries())
      needCredential(system, [...path, "secrets", j, "credential"], credential, "password", field === "user");
    const variables = new Set(Object.keys(workload.config));
    for (const [j, { name }] of workload.secrets.entries()) {
      if (variables.has(name)) {
        const message = `${workload.name} has two values for ${name}`;
        tell(system, [...path, "secrets", j, "name"], "duplicate-id", message);
      }
      variables.add(name);
    }
    const { min, max } = workload.replicas;
    if (max !== undefined && max < min)
      tell(system, [...path, "replicas", "max"], "invalid-value", `at most ${max} pods, but at least ${min}`);
    needCredential(system, [...path, "clusterCredential"], workload.clusterCredential);
    if (workload.template === "broker") checkBroker(system, path, workload, known, tell);
  }
  for (const [i, { credential }] of platform.databases.entries())
    needCredential(system, ["platform", "databases", i, "credential"], credential, "password", true);
  if (platform.gateway !== undefined && !platform.workloads.some(({ name }) => name === platform.gateway))
    tell(system, ["platform", "gateway"], "dangling-reference", `it has no workload "${platform.gateway}"`);
}

/** A broker's pods are one cluster, which works while most of them do. */
function checkBroker(
  system: Located<System>,
  path: YamlPath,
  { name, replicas, clusterCredential }: Workload,
  known: readonly string[],
  tell: Tell,
): void {
  const { min, max } = replicas;
  if (max !== undefined)
    tell(
      system,
      [...path, "replicas", "max"],
      "invalid-value",
      `the broker ${name} does not grow by itself`,
      "leave `max` out; a larger cluster is a higher `min`",
    );
  if (min % 2 === 0)
    tell(
      system,
      [...path, "replicas", "min"],
      "invalid-value",
      `${min} pods of the broker ${name} stand no more failures than ${min - 1}: a majority of them must be there`,
      "replicas: { min: 3 }, or 1 or 5",
    );
  if (min > 1 && clusterCredential === undefined)
    tell(
      system,
      [...path, "replicas"],
      "missing-key",
      `the pods of the broker ${name} form a cluster, and have no clusterCredential to know each other by`,
      "clusterCredential: the id of a credential of kind password, which nothing else uses",
    );
  for (const own of [`${name}-nodes`, `${name}-cluster`])
    if (known.includes(own))
      tell(
        system,
        [...path, "name"],
        "invalid-name",
        `the broker ${name} makes a "${own}" of its own`,
        `another name than "${own}"`,
      );
}

/** There is one exchange platform. */
function checkGateways(systems: Iterable<Located<System>>, tell: Tell): void {
  const [one, ...others] = [...systems].filter(({ value }) => value.platform?.gateway !== undefined);
  for (const other of others)
    tell(
      other,
      ["platform", "gateway"],
      "two-gateways",
      `the exchange platform is ${one?.value.id}`,
      "one system of a province has the gateway",
    );
}

function checkEnd(
  exchange: Located<unknown>,
  side: "consumer" | "provider",
  end: ExchangeEnd,
  { items }: Collected,
  need: Need,
  tell: Tell,
): void {
  need(exchange, [side, "endpoint"], "endpoints", end.endpoint);
  need(exchange, [side, "system"], "systems", end.system);
  const system = end.system === undefined ? undefined : items.systems.get(end.system)?.value;
  if (!system || end.workload === undefined) return;
  const names = system.platform?.workloads.map(({ name }) => name) ?? [];
  if (names.includes(end.workload)) return;
  const hint =
    didYouMean(end.workload, names) ?? (names.length > 0 ? `it has ${names.join(", ")}` : "it runs none");
  tell(
    exchange,
    [side, "workload"],
    "dangling-reference",
    `"${system.id}" has no workload "${end.workload}"`,
    hint,
  );
}
