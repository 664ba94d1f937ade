/** What was found in a device, as text for people to read and for tests to compare. */
import type { Observation } from "../../../src/poll/observe.ts";
import type { Component, Measurement } from "../../../src/samples/types.ts";

/** The identity, what is absent and why, and one line per component, in the order they were found. */
export function listingOf({ system, absent, components, outcome }: Observation): string {
  const { family, vendor, model, serial, softwareVersion } = system ?? {};
  const identity = Object.entries({ family, vendor, model, serial, softwareVersion, outcome });
  return [
    ...identity.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])),
    ...Object.entries(absent).map(([name, reason]) => `absent ${name}: ${reason}`),
    ...components.map(lineOf),
    "",
  ].join("\n");
}

function lineOf({ class: componentClass, key, label, attributes, measurements }: Component): string {
  const shown = componentClass === "interface" ? interfaceMeasurements : Object.keys(measurements);
  const said = shown.flatMap((name) => {
    const measurement = measurements[name];
    return measurement === undefined ? [] : [`${name} ${textOf(measurement)}`];
  });
  const limits = limitNames.flatMap((name) =>
    attributes[name] === undefined ? [] : [`${name} ${rounded(Number(attributes[name]))}`],
  );
  return [`${componentClass} [${key}]${label === key ? "" : ` "${label}"`}`, ...said, ...limits].join(", ");
}

/** The rest of an interface is the business of the standard modules. */
const interfaceMeasurements = ["adminStatus", "operStatus", "speedBitsPerSecond"];
const limitNames = ["warningAbove", "criticalAbove", "warningBelow", "criticalBelow"];

function textOf({ value, unit, word, severity }: Measurement): string {
  if (word !== undefined) return severity === "ok" ? word : `${word} (${severity})`;
  const text = typeof value === "bigint" ? String(value) : rounded(value);
  return unit === undefined ? text : `${text} ${unit}`;
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
