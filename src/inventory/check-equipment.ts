/** Links, devices, maintenance windows and credentials: what each needs to make sense beside the others. */
import { cyclesOf } from "./check-agencies.ts";
import { parseLocalTime } from "./local-time.ts";
import { type Collected, type Located, placeOf, problemIn } from "./located.ts";
import type { InventoryProblem, Link, Maintenance } from "./model.ts";
import type { YamlPath } from "./parse-yaml.ts";
import { wallClockMs } from "./wall-clock.ts";

export function checkEquipment(collected: Collected): InventoryProblem[] {
  return [
    ...checkLinks(collected),
    ...checkUplinks(collected),
    ...checkUnique(collected),
    ...checkMaintenance(collected),
    ...checkCredentials(collected),
  ];
}

function checkLinks(collected: Collected): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const groups = new Map<string, Located<Link>[]>();
  const ends = new Map<string, Located<Link>>();
  for (const link of collected.items.links.values()) {
    const { a, b, group, validFrom, validUntil } = link.value;
    if (a.device === b.device)
      problems.push(problemIn(link, ["b", "device"], "self-link", `both ends are on "${a.device}"`));
    if (validFrom !== undefined && validUntil !== undefined && validFrom >= validUntil) {
      problems.push(problemIn(link, ["validUntil"], "invalid-period", "the link ends before it begins"));
    }
    if (group) groups.set(group.id, [...(groups.get(group.id) ?? []), link]);
    const key = [`${a.device} ${a.interface}`, `${b.device} ${b.interface}`].sort().join(" – ");
    const twin = ends.get(key);
    if (twin && !validUntil && !twin.value.validUntil) {
      problems.push(
        problemIn(
          link,
          [],
          "duplicate-link",
          `joins the same two interfaces as "${twin.value.id}" (${placeOf(twin)})`,
        ),
      );
    } else ends.set(key, link);
  }
  for (const [id, links] of groups) {
    if (links.some((link) => link.value.group?.role === "primary")) continue;
    problems.push(
      problemIn(links[0]!, ["group"], "group-without-primary", `group "${id}" has no primary link`),
    );
  }
  return problems;
}

function checkUplinks(collected: Collected): InventoryProblem[] {
  const { devices } = collected.items;
  const problems: InventoryProblem[] = [];
  for (const device of devices.values()) {
    const above = device.value.uplink === undefined ? undefined : devices.get(device.value.uplink);
    if (above && above.value.site !== device.value.site) {
      const message = `uplink "${above.value.id}" is at site "${above.value.site}", not at "${device.value.site}"`;
      problems.push(problemIn(device, ["uplink"], "uplink-elsewhere", message, "join two sites with a link"));
    }
  }
  for (const cycle of cyclesOf(devices.keys(), (id) => devices.get(id)?.value.uplink)) {
    problems.push(
      problemIn(
        devices.get(cycle[0]!)!,
        ["uplink"],
        "uplink-cycle",
        `devices above each other: ${[...cycle, cycle[0]].join(" → ")}`,
      ),
    );
  }
  return problems;
}

/** Serial numbers and circuit ids name one thing in the world. */
function checkUnique(collected: Collected): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const check = (
    items: Iterable<Located<object>>,
    key: string,
    nameOf: (value: never) => string | undefined,
  ) => {
    const seen = new Map<string, Located<object>>();
    for (const item of items) {
      const name = nameOf(item.value as never);
      if (name === undefined) continue;
      const other = seen.get(name);
      if (other)
        problems.push(
          problemIn(
            item,
            [key],
            `duplicate-${key === "serial" ? "serial" : "circuit"}`,
            `${key} "${name}" stands also at ${placeOf(other, [key])}`,
          ),
        );
      else seen.set(name, item);
    }
  };
  check(
    collected.items.devices.values(),
    "serial",
    (device: { vendor?: string; serial?: string }) => device.serial && `${device.serial}`,
  );
  check(collected.items.links.values(), "circuitId", (link: Link) =>
    link.validUntil === undefined ? link.circuitId : undefined,
  );
  return problems;
}

const DAY_MS = 86_400_000;
/** How long a window may be open so that it ends before it opens again. */
const LONGEST_MS: Readonly<Record<Maintenance["repeat"], number>> = {
  none: Number.POSITIVE_INFINITY,
  daily: DAY_MS,
  weekly: 7 * DAY_MS,
  monthly: 28 * DAY_MS,
};

/** By the clock on the wall; undefined when one of the two is no time. */
function lengthOf(from: string, until: string): number | undefined {
  if (!parseLocalTime(from) || !parseLocalTime(until)) return undefined;
  return wallClockMs(until) - wallClockMs(from);
}

function checkMaintenance(collected: Collected): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  for (const window of collected.items.maintenance.values()) {
    const { from, until, agencies, sites, devices, links } = window.value;
    for (const key of ["from", "until"] as const) {
      if (parseLocalTime(window.value[key]) !== undefined) continue;
      problems.push(
        problemIn(
          window,
          [key],
          "invalid-time",
          `"${window.value[key]}" is not a local time`,
          'write it as "2026-11-24T22:00"',
        ),
      );
    }
    const lengthMs = lengthOf(from, until);
    const periodMs = LONGEST_MS[window.value.repeat];
    if (lengthMs !== undefined && lengthMs <= 0)
      problems.push(problemIn(window, ["until"], "invalid-period", "the window ends before it begins"));
    else if (lengthMs !== undefined && lengthMs > periodMs)
      problems.push(
        problemIn(
          window,
          ["until"],
          "invalid-period",
          `a window that recurs ${window.value.repeat} opens again before it ends`,
          `at most ${periodMs / 3_600_000} hours`,
        ),
      );
    if (agencies.length + sites.length + devices.length + links.length === 0) {
      problems.push(
        problemIn(window, [], "covers-nothing", "the window covers no agency, site, device or link"),
      );
    }
  }
  return problems;
}

function checkCredentials(collected: Collected): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const usable = new Set(["snmp-community", "snmp-v3"]);
  for (const device of collected.items.devices.values()) {
    const credential = collected.items.credentials.get(device.value.credential)?.value;
    if (credential && !usable.has(credential.kind)) {
      problems.push(
        problemIn(
          device,
          ["credential"],
          "wrong-credential",
          `"${credential.id}" is ${credential.kind}, SNMP needs snmp-v3 or snmp-community`,
        ),
      );
    }
  }
  for (const credential of collected.items.credentials.values()) {
    const value = credential.value;
    const fault = (path: YamlPath, message: string) =>
      problems.push(problemIn(credential, path, "wrong-credential", message));
    if (value.kind === "snmp-v3" && value.priv && !value.auth)
      fault(["priv"], "SNMPv3 has no privacy without authentication (RFC 3414)");
    if (value.kind === "ssh" && !value.privateKey && !value.password)
      fault([], "ssh needs privateKey or password");
  }
  return problems;
}
