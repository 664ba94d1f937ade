/** Equipment: every device with its state and main values; one device alone also with its parts and interfaces. */
import { availabilityOf } from "../health/availability.ts";
import { compareStates } from "../health/reasons.ts";
import type { State, SubjectState } from "../health/types.ts";
import type { Device } from "../inventory/model.ts";
import type { Component } from "../samples/types.ts";
import { compareText } from "./collation.ts";
import { isoTime, numberColumn, rounded, stateColumn, textColumn, timeColumn, whyColumn } from "./columns.ts";
import { frame, statesOf } from "./frame.ts";
import { type Prepared, prepare, type ReportInput, stateIn } from "./input.ts";
import type { ReportModel, ReportSection } from "./model.ts";
import { highest, newestIdentity, newestMeasured, uptimeSeconds, valueText } from "./readings.ts";
import type { CellValue, TableColumn } from "./table-view.ts";
import { stateStrips } from "./trends.ts";

/** The device report. */
export function deviceReport(input: ReportInput): ReportModel {
  const prepared = prepare(input);
  const { inventory, health, scope, speech, period } = prepared;
  const devices = [...inventory.devices.values()].filter(({ id }) => scope.devices.has(id));
  const shown = devices.filter(({ id }) => prepared.wantsState(stateIn(health.devices, id)));
  const rows = shown
    .map((device) => deviceRow(prepared, device))
    .sort(
      (x, y) =>
        compareStates(x.state as State, y.state as State) ||
        compareText(x.agency, y.agency) ||
        compareText(x.id, y.id),
    );
  const main: ReportSection = {
    id: "devices",
    title: speech.word("devices"),
    table: {
      title: speech.word("devices"),
      columns: columns(prepared),
      rows,
      empty: speech.word("noDevices"),
    },
    beneath: { state: ["since"], name: ["model", "address"], answeredPercent: ["coveragePercent"] },
    ...(period && {
      strips: stateStrips(prepared, new Map(shown.map(({ id }) => [id, period.devices.get(id) ?? []]))),
    }),
  };
  const only = devices.length === 1 ? devices[0] : undefined;
  const parts = [...health.components.values()].filter(({ id }) =>
    scope.devices.has(id.slice(0, id.indexOf("/"))),
  );
  return frame(prepared, {
    kind: "device",
    counted: [
      [
        "device",
        statesOf(
          health.devices,
          devices.map(({ id }) => id),
        ),
      ],
      ["component", parts],
    ],
    attention: { links: new Set(), devices: new Set(devices.map(({ id }) => id)) },
    sections: [main, ...(only ? detailSections(prepared, only) : [])],
  });
}

function deviceRow(input: Prepared, device: Device): Record<string, CellValue> {
  const { health, samples, speech, agencyOfDevice, period } = input;
  const subject = health.devices.get(device.id);
  const series = samples.get(device.id);
  const sample = subject?.state === "unknown" ? undefined : newestMeasured(series);
  const identity = newestIdentity(series);
  const agency = agencyOfDevice(device.id);
  const coverage = period && availabilityOf(period.devices.get(device.id) ?? [], period.fromMs, period.toMs);
  return {
    state: subject?.state ?? "unknown",
    agency: agency === undefined ? "" : speech.names.agency(agency),
    agencyId: agency,
    id: device.id,
    name: speech.names.device(device.id),
    role: device.role,
    model: [identity?.vendor, identity?.model].filter(Boolean).join(" ") || device.model,
    address: device.address,
    busyPercent: sample && rounded(highest(sample, "processor", "busyPercent")),
    memoryPercent: sample && rounded(highest(sample, "memory", "usedPercent")),
    celsius: sample && rounded(highest(sample, "temperature", "value")),
    uptimeSeconds: sample && rounded(uptimeSeconds(sample), 0),
    answeredPercent: rounded(coverage?.percent, 3),
    coveragePercent: rounded(coverage?.coveragePercent),
    lastSample: isoTime(series?.at(-1)?.sample.atMs),
    since: isoTime(subject?.sinceMs),
    why: speech.why(subject),
  };
}

function columns({ speech, period }: Prepared): TableColumn[] {
  const { format } = speech;
  const percent = (key: string, word: Parameters<typeof numberColumn>[2], dropOrder: number, digits = 0) =>
    numberColumn(speech, key, word, (value) => format.percent(value, digits), { dropOrder });
  return [
    stateColumn(speech),
    textColumn(speech, "agency", "agency", { dropOrder: 2 }),
    textColumn(speech, "name", "device", { dropOrder: 0 }),
    {
      ...textColumn(speech, "role", "role", { dropOrder: 4 }),
      format: (value) => speech.messages.roles[value as Device["role"]] ?? String(value),
    },
    textColumn(speech, "model", "model", { dropOrder: 6 }),
    textColumn(speech, "address", "address", { dropOrder: 7 }),
    percent("busyPercent", "busy", 4),
    percent("memoryPercent", "memory", 4),
    numberColumn(speech, "celsius", "temperature", (value) => `${format.decimal(value, 0)} °C`, {
      dropOrder: 5,
    }),
    numberColumn(speech, "uptimeSeconds", "uptime", format.duration, { dropOrder: 6 }),
    ...(period
      ? [percent("answeredPercent", "answered", 2, 2), percent("coveragePercent", "coverage", 3, 1)]
      : []),
    timeColumn(speech, "lastSample", "lastSample", { dropOrder: 8 }),
    whyColumn(speech),
    timeColumn(speech, "since", "since", { dropOrder: 5 }),
  ];
}

/** Parts and interfaces of one device, as its newest sample has them. */
function detailSections(input: Prepared, device: Device): ReportSection[] {
  const { health, samples, speech } = input;
  const components = newestMeasured(samples.get(device.id))?.components ?? [];
  const { format, messages, word } = speech;
  const row = (component: Component, states: ReadonlyMap<string, SubjectState>) => {
    const subject = states.get(`${device.id}/${component.class}/${component.key}`);
    return {
      state: subject?.state ?? "unknown",
      why: speech.why(subject, 3),
      since: isoTime(subject?.sinceMs),
    };
  };
  const parts = components.filter((component) => component.class !== "interface");
  const interfaces = components.filter((component) => component.class === "interface");
  const rates = new Map(
    samples
      .get(device.id)
      ?.at(-1)
      ?.rates.map((entry) => [`${entry.class}/${entry.key}`, entry.rates]),
  );
  const bits = (component: Component, name: string) => {
    const rate = rates.get(`interface/${component.key}`)?.[name];
    return rate && "perSecond" in rate ? rounded(rate.perSecond * 8, 0) : undefined;
  };
  return [
    {
      id: "parts",
      title: word("parts"),
      table: {
        title: word("parts"),
        columns: [
          stateColumn(speech),
          {
            ...textColumn(speech, "class", "class", { dropOrder: 0 }),
            format: (value) => messages.classes[value as Component["class"]] ?? String(value),
          },
          textColumn(speech, "name", "part", { dropOrder: 0 }),
          textColumn(speech, "value", "value"),
          whyColumn(speech),
        ],
        rows: parts.map((part) => ({
          ...row(part, health.components),
          class: part.class,
          name: part.label,
          value: valueText(part, (value) => format.decimal(value)),
        })),
        empty: word("noSamples"),
      },
    },
    {
      id: "interfaces",
      title: word("interfaces"),
      table: {
        title: word("interfaces"),
        columns: [
          stateColumn(speech),
          textColumn(speech, "name", "interface", { dropOrder: 0 }),
          textColumn(speech, "alias", "alias", { dropOrder: 3 }),
          numberColumn(speech, "speedBitsPerSecond", "speed", format.bitRate, { dropOrder: 3 }),
          numberColumn(speech, "inBitsPerSecond", "received", format.bitRate),
          numberColumn(speech, "outBitsPerSecond", "sent", format.bitRate),
          whyColumn(speech),
        ],
        rows: interfaces.map((port) => ({
          ...row(port, health.interfaces),
          name: port.key,
          alias: String(port.attributes.alias ?? ""),
          speedBitsPerSecond: Number(port.measurements.speedBitsPerSecond?.value ?? Number.NaN),
          inBitsPerSecond: bits(port, "inOctets"),
          outBitsPerSecond: bits(port, "outOctets"),
        })),
        empty: word("noSamples"),
      },
    },
  ];
}
