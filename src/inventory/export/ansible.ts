/**
 * The inventory as Ansible's dynamic inventory (JSON of a script called with `--list` or `--host`). Ansible
 * templates every variable it reads, so texts that hold "{{", "{%" or "{#" are marked `__ansible_unsafe`, and group
 * names are made of letters, digits and underscores only.
 */
import { siteAgencyAt } from "../agencies.ts";
import type { Device, Inventory } from "../model.ts";

export interface AnsibleGroup {
  hosts?: string[];
  children?: string[];
  vars?: Record<string, unknown>;
}

export type AnsibleInventory = Record<
  string,
  AnsibleGroup | { hostvars: Record<string, Record<string, unknown>> }
>;

/** What `--list` prints; with `_meta`, so that Ansible does not ask host by host. */
export function ansibleList(inventory: Inventory, date: string): AnsibleInventory {
  const groups = new Map<string, AnsibleGroup>();
  const hostvars: Record<string, Record<string, unknown>> = {};
  const join = (group: string, host: string) => {
    const known = groups.get(group) ?? { hosts: [] };
    known.hosts!.push(host);
    groups.set(group, known);
  };
  for (const device of inventory.devices.values()) {
    hostvars[device.id] = hostVariables(inventory, device, date);
    join(groupName("role", device.role), device.id);
    join(groupName("site", device.site), device.id);
    if (device.profile !== undefined) join(groupName("family", device.profile), device.id);
    const site = inventory.sites.get(device.site);
    if (site) join(groupName("agency", siteAgencyAt(inventory, site, date)), device.id);
    for (const tag of device.tags) join(groupName("tag", tag), device.id);
  }
  const names = [...groups.keys()].sort();
  return {
    all: { children: ["ungrouped", ...names] },
    ...Object.fromEntries(names.map((name) => [name, groups.get(name)!])),
    _meta: { hostvars },
  };
}

/** What `--host NAME` prints; Ansible wants an empty object for a host it does not know. */
export function ansibleHost(inventory: Inventory, host: string, date: string): Record<string, unknown> {
  const device = inventory.devices.get(host);
  return device ? hostVariables(inventory, device, date) : {};
}

function hostVariables(inventory: Inventory, device: Device, date: string): Record<string, unknown> {
  const site = inventory.sites.get(device.site);
  const variables = {
    ansible_host: device.address,
    pdc_name: device.name,
    pdc_role: device.role,
    pdc_site: device.site,
    pdc_agency: site && siteAgencyAt(inventory, site, date),
    pdc_family: device.profile,
    pdc_vendor: device.vendor,
    pdc_model: device.model,
    pdc_serial: device.serial,
    pdc_interfaces: device.interfaces.map(({ name, description, address }) => ({
      name,
      description,
      address,
    })),
  };
  return untemplated(variables) as Record<string, unknown>;
}

/** Marks every text that Jinja would evaluate; Ansible reads `{"__ansible_unsafe": text}` as plain data. */
function untemplated(value: unknown): unknown {
  if (typeof value === "string") return /\{[{%#]/.test(value) ? { __ansible_unsafe: value } : value;
  if (Array.isArray(value)) return value.map(untemplated);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, untemplated(inner)]])),
  );
}

function groupName(prefix: string, name: string): string {
  return `${prefix}_${name.toLowerCase().replace(/[^a-z0-9_]/g, "_")}`;
}
