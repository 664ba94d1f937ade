/** `pdc device show` as tables: one for each class of component, in the order of the vocabulary. */
import { componentClasses, vocabulary } from "../../profiles/index.ts";
import type { TableColumn, TableView } from "../../report/table-view.ts";
import type { Component, ComponentClass, Measurement } from "../../samples/types.ts";
import type { DeviceShow } from "./show.ts";
import { headerOf, measurementText } from "./words.ts";

/** Attributes worth a column, by class; all are in the JSON. */
const shownAttributes: Partial<Record<ComponentClass, readonly string[]>> = {
  interface: ["alias", "address", "mac", "type", "ifIndex"],
  "bgp-peer": ["remoteAs", "localAddress"],
  "lldp-neighbor": ["localPort", "systemName", "portId", "portDescription", "managementAddress"],
  "ospf-neighbor": ["routerId", "address"],
  ups: ["manufacturer", "model", "firmware", "serial"],
};

/** What a person wants of an interface; of the other counters, those that have counted errors are shown too. */
const ofInterface = [
  "adminStatus",
  "operStatus",
  "duplexStatus",
  "speedBitsPerSecond",
  "inOctets",
  "outOctets",
  "inErrors",
  "outErrors",
];

export function showViews(show: DeviceShow): TableView[] {
  const views = componentClasses.flatMap((componentClass) => {
    const members = show.components.filter((component) => component.class === componentClass);
    return members.length === 0 ? [] : [classView(componentClass, members)];
  });
  const notes = [
    ...show.incomplete.map(
      (componentClass) => `${componentClass}: not read to the end, so there may be more`,
    ),
    ...Object.entries(show.absent).map(([componentClass, reason]) => `${componentClass}: ${reason}`),
  ];
  const last = views.at(-1);
  if (last && notes.length > 0) views[views.length - 1] = { ...last, notes };
  return views;
}

/** One row per measurement, for pipes and spreadsheets: raw values with their units. */
export function flatView(show: DeviceShow): TableView {
  const columns = ["class", "key", "label", "measurement", "value", "unit", "word", "severity"];
  return {
    columns: columns.map((key) => ({ key, header: key.toUpperCase() })),
    rows: show.components.flatMap(({ class: componentClass, key, label, measurements }) =>
      Object.entries(measurements).map(([measurement, { value, unit, word, severity }]) => ({
        class: componentClass,
        key,
        label,
        measurement,
        value,
        unit,
        word,
        severity,
      })),
    ),
  };
}

function classView(componentClass: ComponentClass, members: readonly Component[]): TableView {
  const names = measurementNames(componentClass, members);
  const attributes = (shownAttributes[componentClass] ?? []).filter((name) =>
    members.some((member) => member.attributes[name] !== undefined),
  );
  const limits = ["warningAbove", "criticalAbove", "warningBelow", "criticalBelow"].filter((name) =>
    members.some((member) => member.attributes[name] !== undefined),
  );
  const columns: TableColumn[] = [
    { key: "label", header: componentClass.toUpperCase(), dropOrder: 0 },
    ...names.map((name, at) => measurementColumn(componentClass, name, at)),
    ...attributes.map((name, at) => ({
      key: name,
      header: headerOf(name),
      dropOrder: at === 0 ? 2 : 4 + at,
    })),
    ...limits.map((name) => ({ key: name, header: headerOf(name), align: "right" as const, dropOrder: 3 })),
  ];
  const rows = members.map((member) => ({
    label: member.label,
    ...Object.fromEntries(attributes.concat(limits).map((name) => [name, member.attributes[name]])),
    ...Object.fromEntries(
      names.map((name) => [name, member.measurements[name] && measurementText(member.measurements[name])]),
    ),
  }));
  return { title: `${componentClass} (${members.length})`, columns, rows };
}

function measurementNames(componentClass: ComponentClass, members: readonly Component[]): string[] {
  const isGiven = (name: string): boolean => members.some((member) => member.measurements[name]);
  const given = Object.keys(vocabulary[componentClass]).filter(isGiven);
  if (componentClass !== "interface") return given;
  const faults = given.filter(
    (name) => /Errors|Discards|ollisions|Longs$/.test(name) && !ofInterface.includes(name),
  );
  const counted = faults.filter((name) =>
    members.some((member) => Number(member.measurements[name]?.value ?? 0) > 0),
  );
  return [...ofInterface.filter(isGiven), ...counted];
}

function measurementColumn(componentClass: ComponentClass, name: string, at: number): TableColumn {
  const words: Readonly<Record<string, { kind: Measurement["kind"] }>> = vocabulary[componentClass];
  const isState = words[name]?.kind === "state";
  return {
    key: name,
    header: headerOf(name),
    dropOrder: at < 2 ? 1 : 3 + at,
    ...(isState ? { isState } : { align: "right" as const }),
  };
}

/** Who the device is, in a few lines. */
export function showText(show: DeviceShow): string {
  const { system, incarnation } = show;
  const upTime = incarnation.hostUpTimeTicks ?? incarnation.sysUpTimeTicks;
  const lines: [string, string | undefined][] = [
    ["device", show.device === show.address ? undefined : show.device],
    ["address", `${show.address}:${show.port}`],
    ["name", system?.sysName],
    ["family", system && `${system.family}${system.vendor ? ` (${system.vendor})` : ""}`],
    ["model", system?.model],
    ["serial", system?.serial],
    ["software", system?.softwareVersion],
    ["description", system?.sysDescr],
    ["location", system?.sysLocation],
    [
      "up",
      upTime === undefined ? undefined : measurementText({ kind: "gauge", value: upTime, unit: "ticks" }),
    ],
    ["outcome", show.error ? `${show.outcome}: ${show.error.message}` : show.outcome],
  ];
  return lines
    .flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [`${name.padEnd(12)}${value.replace(/\s*\n\s*/g, " ")}`],
    )
    .join("\n");
}
