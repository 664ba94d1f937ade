/** Addresses: well formed, each used once, and prefixes that do not run into each other. */
import { addressKey, isHostName, type Prefix, parseAddress, parsePrefix } from "./addresses.ts";
import { checkOverlaps, checkSitePrefixes, type InterfaceAddress } from "./check-prefixes.ts";
import { type Collected, type Located, placeOf, problemIn } from "./located.ts";
import type { Device, InventoryProblem } from "./model.ts";

/** `areLinksWhole`: whether links can be relied on to say which sites share a prefix. */
export function checkAddresses(collected: Collected, areLinksWhole: boolean): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const used: InterfaceAddress[] = [];
  for (const device of collected.items.devices.values()) {
    const { address, interfaces } = device.value;
    const fault = managementFault(address);
    if (fault) problems.push(problemIn(device, ["address"], "invalid-address", fault));
    const names = new Set<string>();
    for (const [i, one] of interfaces.entries()) {
      if (names.has(one.name)) {
        problems.push(
          problemIn(
            device,
            ["interfaces", i, "name"],
            "duplicate-interface",
            `interface "${one.name}" stands twice in "${device.value.id}"`,
          ),
        );
      }
      names.add(one.name);
      if (one.address === undefined) continue;
      const path = ["interfaces", i, "address"];
      const prefix = parsePrefix(one.address);
      if (prefix === undefined) {
        const hint = parseAddress(one.address)
          ? `add the prefix length: "${one.address}/24"`
          : 'write it as "10.20.3.1/30"';
        problems.push(
          problemIn(
            device,
            path,
            "invalid-address",
            `"${one.address}" is not an address with a prefix`,
            hint,
          ),
        );
      } else if (isNetworkOrBroadcast(prefix)) {
        problems.push(
          problemIn(
            device,
            path,
            "invalid-address",
            `"${one.address}" is the network or broadcast address of its prefix`,
          ),
        );
      } else used.push({ device, path, text: one.address, prefix, vrf: one.vrf ?? "" });
    }
  }
  return [
    ...problems,
    ...duplicates(collected, used),
    ...checkOverlaps(collected, used, areLinksWhole),
    ...checkSitePrefixes(collected),
  ];
}

function managementFault(address: string): string | undefined {
  const parsed = parseAddress(address);
  if (parsed === undefined)
    return isHostName(address) ? undefined : `"${address}" is neither an IP address nor a DNS name`;
  const firstOctet = parsed.family === 4 ? Number(parsed.address >> 24n) : Number(parsed.address >> 120n);
  const isMulticast = parsed.family === 4 ? firstOctet >= 224 : firstOctet === 0xff;
  return parsed.address === 0n || isMulticast ? `"${address}" is no address of a device` : undefined;
}

function isNetworkOrBroadcast(prefix: Prefix): boolean {
  if (prefix.family === 6 || prefix.length >= 31) return false;
  return prefix.address === prefix.first || prefix.address === prefix.last;
}

function duplicates(collected: Collected, used: readonly InterfaceAddress[]): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const targets = new Map<string, Located<Device>>();
  for (const device of collected.items.devices.values()) {
    const key = `${addressKey(device.value.address)}#${device.value.port}`;
    const other = targets.get(key);
    if (other) {
      const message = `address ${device.value.address} is also that of "${other.value.id}" (${placeOf(other, ["address"])})`;
      problems.push(problemIn(device, ["address"], "duplicate-address", message));
    } else targets.set(key, device);
  }
  const owners = new Map<string, InterfaceAddress>();
  for (const one of used) {
    const key = `${one.vrf}|${one.prefix.family}:${one.prefix.address.toString(16)}`;
    const other = owners.get(key);
    if (other) {
      const message = `address ${one.text} is also on "${other.device.value.id}" (${placeOf(other.device, other.path)})`;
      problems.push(problemIn(one.device, one.path, "duplicate-address", message));
    } else owners.set(key, one);
  }
  for (const device of collected.items.devices.values()) {
    const owner = owners.get(`|${addressKey(device.value.address)}`);
    if (owner === undefined || owner.device === device || owner.device.value.port !== device.value.port)
      continue;
    const message = `address ${device.value.address} is that of an interface of "${owner.device.value.id}" (${placeOf(owner.device, owner.path)})`;
    problems.push(problemIn(device, ["address"], "duplicate-address", message));
  }
  return problems;
}
