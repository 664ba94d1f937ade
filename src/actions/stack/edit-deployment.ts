/** Edits of a stack's deployment that no program makes: pure functions of its exported JSON. */

interface ResourceRecord {
  urn: string;
  type: string;
  id?: string;
  custom?: boolean;
  delete?: boolean;
  protect?: boolean;
  parent?: string;
  provider?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
  deletedWith?: string;
  replaceWith?: string[];
}

interface ExportedDeployment {
  version: number;
  deployment: { resources?: ResourceRecord[]; pending_operations?: unknown[]; [key: string]: unknown };
}

export interface EditResult {
  deployment: string;
  /** What was done, a sentence each. */
  changes: string[];
}

/** Takes protection off the named resources, or off all of them. */
export function unprotect(text: string, urns: readonly string[] | "all"): EditResult {
  return edit(text, (resources) => {
    const chosen = urns === "all" ? resources : pick(resources, urns);
    return chosen.flatMap((resource) => {
      if (!resource.protect) return [];
      delete resource.protect;
      return [`${resource.urn} is no longer protected`];
    });
  });
}

/**
 * Forgets resources without touching the objects. Refuses protected ones (unless `force`) and those that others
 * need (unless `dependents`, which forgets these as well).
 */
export function forget(
  text: string,
  urns: readonly string[],
  options: { force: boolean; dependents: boolean },
): EditResult {
  return edit(text, (resources, deployment) => {
    const doomed = new Set(pick(resources, urns).map(({ urn }) => urn));
    for (let grown = true; grown; ) {
      const needing = resources.filter(
        (resource) => !doomed.has(resource.urn) && references(resource).some((urn) => doomed.has(urn)),
      );
      grown = needing.length > 0;
      if (grown && !options.dependents) {
        throw refuse(
          "has-dependents",
          `${needing[0]?.urn} needs it (${needing.length} in all)`,
          "forget those first, or add --target-dependents",
        );
      }
      for (const { urn } of needing) doomed.add(urn);
    }
    const guarded = resources.find(({ urn, protect }) => protect && doomed.has(urn));
    if (guarded && !options.force)
      throw refuse(
        "protected",
        `${guarded.urn} is protected`,
        "`pdc stack state unprotect` first, or --force",
      );
    deployment.resources = resources.filter(({ urn }) => !doomed.has(urn));
    return [...doomed].map((urn) => `${urn} is forgotten; its object stays`);
  });
}

/** Gives a resource a new name, everywhere it is referred to. */
export function rename(text: string, urn: string, name: string): EditResult {
  if (name === "" || /[\r\n]/.test(name))
    throw refuse("bad-name", "a name is one line of text", "choose another");
  const target = `${urn.split("::").slice(0, 3).join("::")}::${name}`;
  return edit(text, (resources) => {
    const [resource] = pick(resources, [urn]);
    if (resources.some((other) => other.urn === target))
      throw refuse("name-taken", `${target} is there already`, "choose another name");
    const renamed = (value: string) =>
      value === urn ? target : value.startsWith(`${urn}::`) ? target + value.slice(urn.length) : value;
    for (const other of resources) replaceReferences(other, renamed);
    if (resource) resource.urn = target;
    return [`${urn} is now ${target}`];
  });
}

/** Puts resources after what they need and drops references to what is not there. */
export function repair(text: string): EditResult {
  return edit(text, (resources, deployment) => {
    const changes: string[] = [];
    const known = new Set(resources.map(({ urn }) => urn));
    for (const resource of resources) {
      for (const urn of references(resource))
        if (!known.has(urn)) changes.push(`${resource.urn} no longer refers to ${urn}, which is not there`);
      dropReferences(resource, known);
    }
    const sorted = sortByNeed(resources);
    if (sorted.some((resource, index) => resource !== resources[index]))
      changes.push("resources stand after what they need");
    deployment.resources = sorted;
    return changes;
  });
}

function edit(
  text: string,
  change: (resources: ResourceRecord[], deployment: ExportedDeployment["deployment"]) => string[],
): EditResult {
  const exported = JSON.parse(text) as ExportedDeployment;
  const changes = change(exported.deployment.resources ?? [], exported.deployment);
  return { deployment: JSON.stringify(exported), changes };
}

function pick(resources: readonly ResourceRecord[], urns: readonly string[]): ResourceRecord[] {
  return urns.flatMap((urn) => {
    const found = resources.filter((resource) => resource.urn === urn);
    if (found.length === 0)
      throw refuse(
        "no-such-resource",
        `there is no resource ${urn} in the state`,
        "`pdc stack export` lists them",
      );
    return found;
  });
}

/** URNs that a resource cannot stand without. */
function references(resource: ResourceRecord): string[] {
  const provider = resource.provider?.slice(0, resource.provider.lastIndexOf("::"));
  const urns = [
    resource.parent,
    provider,
    resource.deletedWith,
    ...(resource.dependencies ?? []),
    ...(resource.replaceWith ?? []),
  ];
  return [...urns, ...Object.values(resource.propertyDependencies ?? {}).flat()].filter(
    (urn) => urn !== undefined && urn !== "",
  ) as string[];
}

function replaceReferences(resource: ResourceRecord, renamed: (urn: string) => string): void {
  for (const key of ["parent", "provider", "deletedWith"] as const)
    if (resource[key]) resource[key] = renamed(resource[key]);
  for (const key of ["dependencies", "replaceWith"] as const)
    if (resource[key]) resource[key] = resource[key].map(renamed);
  for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    (resource.propertyDependencies as Record<string, string[]>)[property] = urns.map(renamed);
  }
}

function dropReferences(resource: ResourceRecord, known: ReadonlySet<string>): void {
  for (const key of ["parent", "deletedWith"] as const)
    if (resource[key] && !known.has(resource[key])) delete resource[key];
  for (const key of ["dependencies", "replaceWith"] as const)
    if (resource[key]) resource[key] = resource[key].filter((urn) => known.has(urn));
  for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    (resource.propertyDependencies as Record<string, string[]>)[property] = urns.filter((urn) =>
      known.has(urn),
    );
  }
}

/** Depth-first, otherwise in the order they stand; a cycle keeps that order. */
function sortByNeed(resources: readonly ResourceRecord[]): ResourceRecord[] {
  const byUrn = Map.groupBy(resources, ({ urn }) => urn);
  const sorted = new Set<ResourceRecord>();
  const open = new Set<ResourceRecord>();
  const place = (resource: ResourceRecord) => {
    if (sorted.has(resource) || open.has(resource)) return;
    open.add(resource);
    for (const urn of references(resource)) for (const needed of byUrn.get(urn) ?? []) place(needed);
    sorted.add(resource);
  };
  for (const resource of resources) place(resource);
  return [...sorted];
}

function refuse(code: string, message: string, fix: string): Error {
  return Object.assign(new Error(message), { code, exitCode: 22, fix });
}
