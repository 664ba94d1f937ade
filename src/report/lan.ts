/** The LAN: switches, access points and the routers' own ports; ports that should be up or have faults. */
import { compareStates, hasFault } from "../health/reasons.ts";
import type { State, SubjectState } from "../health/types.ts";
import type { Device } from "../inventory/model.ts";
import { compareText } from "./collation.ts";
import { isoTime, numberColumn, stateColumn, textColumn, timeColumn, whyColumn } from "./columns.ts";
import { frame, statesOf } from "./frame.ts";
import { type Prepared, prepare, type ReportInput, stateIn } from "./input.ts";
import type { ReportModel, ReportSection } from "./model.ts";
import { countPorts, newestMeasured } from "./readings.ts";
import type { CellValue } from "./table-view.ts";

const LAN_ROLES: ReadonlySet<Device["role"]> = new Set([
  "router",
  "firewall",
  "core-switch",
  "switch",
  "access-point",
]);

/** The LAN report. */
export function lanReport(input: ReportInput): ReportModel {
  const prepared = prepare(input);
  const { inventory, health, scope, speech, topology } = prepared;
  const devices = [...inventory.devices.values()].filter(
    ({ id, role }) => scope.devices.has(id) && LAN_ROLES.has(role),
  );
  const shown = devices.filter(({ id }) => prepared.wantsState(stateIn(health.devices, id)));
  const watched = portsByDevice(prepared, shown);
  const rows = shown
    .map((device) => deviceRow(prepared, device, watched.get(device.id) ?? []))
    .sort(
      (x, y) =>
        compareStates(x.state as State, y.state as State) ||
        compareText(x.agency, y.agency) ||
        compareText(x.id, y.id),
    );
  const lanLinks = [...inventory.links.values()].filter(
    ({ id, kind }) => kind === "lan" && scope.links.has(id),
  );
  const { format } = speech;
  const count = (key: string, word: Parameters<typeof numberColumn>[2], dropOrder: number) =>
    numberColumn(speech, key, word, format.integer, { dropOrder });
  const fault = (key: string, word: Parameters<typeof numberColumn>[2], dropOrder: number) =>
    numberColumn(speech, key, word, (value) => (value > 0 ? format.integer(value) : "–"), { dropOrder });
  const main: ReportSection = {
    id: "devices",
    title: speech.word("devices"),
    table: {
      title: speech.word("devices"),
      columns: [
        stateColumn(speech),
        textColumn(speech, "agency", "agency", { dropOrder: 0 }),
        textColumn(speech, "name", "device", { dropOrder: 0 }),
        {
          ...textColumn(speech, "role", "role", { dropOrder: 4 }),
          format: (value) => speech.messages.roles[value as Device["role"]] ?? String(value),
        },
        count("portsUp", "portsUp", 3),
        count("portsDown", "portsDown", 5),
        count("portsShut", "portsShut", 6),
        fault("portsExpectedDown", "portsExpectedDown", 2),
        fault("portsFaulty", "portsFaulty", 2),
        whyColumn(speech),
        timeColumn(speech, "since", "since", { dropOrder: 5 }),
      ],
      rows,
      empty: speech.word("noDevices"),
    },
    beneath: { state: ["since"] },
  };
  const undeclared = topology.undeclared.filter(({ a, b }) => scope.devices.has(a) || scope.devices.has(b));
  return frame(prepared, {
    kind: "lan",
    counted: [
      [
        "device",
        statesOf(
          health.devices,
          devices.map(({ id }) => id),
        ),
      ],
      [
        "link",
        statesOf(
          health.links,
          lanLinks.map(({ id }) => id),
        ),
      ],
    ],
    attention: {
      links: new Set(lanLinks.map(({ id }) => id)),
      devices: new Set(devices.map(({ id }) => id)),
    },
    sections: [
      main,
      portSection(prepared, watched),
      ...(undeclared.length > 0 ? [undeclaredSection(prepared, undeclared)] : []),
    ],
  });
}

/** States of the ports that matter or have faults, per device, in one pass over the snapshot. */
function portsByDevice({ health }: Prepared, devices: readonly Device[]): Map<string, SubjectState[]> {
  const wanted = new Set(devices.map(({ id }) => id));
  const ports = new Map<string, SubjectState[]>();
  for (const [id, state] of health.interfaces) {
    if (!hasFault(state.reasons)) continue;
    const device = id.slice(0, id.indexOf("/"));
    if (!wanted.has(device)) continue;
    const list = ports.get(device);
    if (list) list.push(state);
    else ports.set(device, [state]);
  }
  return ports;
}

function deviceRow(
  input: Prepared,
  device: Device,
  ports: readonly SubjectState[],
): Record<string, CellValue> {
  const { health, samples, speech, agencyOfDevice } = input;
  const subject = health.devices.get(device.id);
  const sample = newestMeasured(samples.get(device.id));
  const counts = sample && subject?.state !== "unknown" ? countPorts(sample) : undefined;
  const agency = agencyOfDevice(device.id);
  return {
    state: subject?.state ?? "unknown",
    agency: agency === undefined ? "" : speech.names.agency(agency),
    agencyId: agency,
    id: device.id,
    name: speech.names.device(device.id),
    role: device.role,
    portsUp: counts?.up,
    portsDown: counts?.down,
    portsShut: counts?.shut,
    portsExpectedDown: ports.filter(({ state }) => state === "down" || state === "unknown").length,
    portsFaulty: ports.filter(({ state }) => state === "degraded").length,
    since: isoTime(subject?.sinceMs),
    why: speech.why(subject),
  };
}

function portSection(input: Prepared, ports: ReadonlyMap<string, readonly SubjectState[]>): ReportSection {
  const { speech, agencyOfDevice } = input;
  const rows = [...ports].flatMap(([device, states]) => {
    const agency = agencyOfDevice(device);
    return states.map((port) => ({
      state: port.state,
      agency: agency === undefined ? "" : speech.names.agency(agency),
      device: speech.names.device(device),
      interface: port.id.slice(device.length + "/interface/".length),
      since: isoTime(port.sinceMs),
      why: speech.why(port),
    }));
  });
  rows.sort(
    (x, y) =>
      compareStates(x.state, y.state) ||
      compareText(x.agency, y.agency) ||
      compareText(x.interface, y.interface),
  );
  return {
    id: "ports",
    title: speech.word("faultyPorts"),
    table: {
      title: speech.word("faultyPorts"),
      columns: [
        stateColumn(speech),
        textColumn(speech, "agency", "agency", { dropOrder: 2 }),
        textColumn(speech, "device", "device", { dropOrder: 0 }),
        textColumn(speech, "interface", "interface", { dropOrder: 0 }),
        whyColumn(speech),
        timeColumn(speech, "since", "since", { dropOrder: 3 }),
      ],
      rows,
      empty: speech.word("nothingBroken"),
    },
  };
}

function undeclaredSection({ speech }: Prepared, found: Prepared["topology"]["undeclared"]): ReportSection {
  return {
    id: "undeclared",
    title: speech.word("undeclared"),
    table: {
      title: speech.word("undeclared"),
      columns: [
        textColumn(speech, "a", "device", { dropOrder: 0 }),
        textColumn(speech, "interface", "interface"),
        textColumn(speech, "b", "device", { dropOrder: 0 }),
      ],
      rows: found.map(({ a, b, interface: port }) => ({
        a: speech.names.device(a),
        interface: port,
        b: speech.names.device(b),
      })),
      notes: [speech.word("undeclaredNote")],
    },
  };
}
