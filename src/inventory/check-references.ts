/** Does everything that is named exist? */

import type { SecretSource } from "./credential-model.ts";
import { type Kind, SINGULAR } from "./kinds.ts";
import { type Collected, type Located, problemIn } from "./located.ts";
import type { InventoryProblem } from "./model.ts";
import { didYouMean } from "./near-match.ts";
import type { YamlPath } from "./parse-yaml.ts";

/** Dangling references of every kind, each at the name that leads nowhere. */
export function checkReferences(collected: Collected): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const { items, refusedIds } = collected;
  const need = (from: Located<unknown>, path: YamlPath, kind: Kind, id: string | undefined) => {
    if (id === undefined || items[kind].has(id) || refusedIds[kind].has(id)) return;
    const message = `there is no ${SINGULAR[kind]} "${id}"`;
    problems.push(problemIn(from, path, "dangling-reference", message, didYouMean(id, items[kind].keys())));
  };
  for (const agency of items.agencies.values()) {
    for (const [i, parent] of agency.value.parents.entries())
      need(agency, ["parents", i, "agency"], "agencies", parent.agency);
    need(agency, ["mergedInto", "agency"], "agencies", agency.value.mergedInto?.agency);
  }
  for (const site of items.sites.values()) {
    need(site, ["agency"], "agencies", site.value.agency);
    for (const [i, former] of site.value.formerAgencies.entries())
      need(site, ["formerAgencies", i, "agency"], "agencies", former.agency);
  }
  for (const device of items.devices.values()) {
    need(device, ["site"], "sites", device.value.site);
    need(device, ["credential"], "credentials", device.value.credential);
    need(device, ["uplink"], "devices", device.value.uplink);
  }
  const interfacesOf = new Map(
    [...items.devices].map(([id, { value }]) => [id, new Set(value.interfaces.map((one) => one.name))]),
  );
  for (const link of items.links.values()) {
    for (const end of ["a", "b"] as const) {
      const { device: id, interface: name } = link.value[end];
      need(link, [end, "device"], "devices", id);
      const names = interfacesOf.get(id);
      if (names === undefined || names.has(name)) continue;
      const hint =
        didYouMean(name, names) ??
        (names.size > 0 ? `it has ${[...names].slice(0, 8).join(", ")}` : "it lists none");
      problems.push(
        problemIn(
          link,
          [end, "interface"],
          "unknown-interface",
          `device "${id}" has no interface "${name}"`,
          hint,
        ),
      );
    }
  }
  for (const window of items.maintenance.values()) {
    for (const kind of ["agencies", "sites", "devices", "links"] as const) {
      for (const [i, id] of window.value[kind].entries()) need(window, [kind, i], kind, id);
    }
  }
  for (const system of items.systems.values()) need(system, ["owner"], "agencies", system.value.owner);
  return problems;
}

/** Secrets must come from where others cannot look: no path tricks in their sources. */
export function checkSecretSources(collected: Collected): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  for (const credential of collected.items.credentials.values()) {
    for (const [path, source] of secretSourcesOf(credential.value)) {
      const file = "file" in source ? source.file : "sops" in source ? source.sops : undefined;
      if (file === undefined || !file.split("/").includes("..")) continue;
      problems.push(
        problemIn(
          credential,
          path,
          "outside-directory",
          `"${file}" leads out of the inventory`,
          "write an absolute path, or one below ~",
        ),
      );
    }
  }
  return problems;
}

function secretSourcesOf(value: unknown, path: YamlPath = []): [YamlPath, SecretSource][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  if ("file" in value || "sops" in value || "env" in value) return [[path, value as SecretSource]];
  return Object.entries(value).flatMap(([key, inner]) => secretSourcesOf(inner, [...path, key]));
}
