/**
 * The layout of a sample: all of it that stays the same from poll to poll (which components there are, their texts,
 * the names, kinds and units of their measurements, what the device says it is). It is kept once; the record of a
 * sample then holds numbers only.
 */
import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type {
  Component,
  ComponentClass,
  DeviceSample,
  MeasurementKind,
  SystemIdentity,
} from "../samples/types.ts";
import { MalformedRecordError } from "./bytes.ts";

/** A layout is some kilobytes: setting up zlib's usual 256 kB of tables costs three times the compression itself. */
const compression = { level: 1, memLevel: 5, windowBits: 13 };

/** Names, kinds and units of a component's measurements, in order. Thousands of interfaces share one. */
export interface MeasurementLayout {
  names: readonly string[];
  kinds: readonly MeasurementKind[];
  /** null: no unit. */
  units: readonly (string | null)[];
}

export interface ComponentLayout {
  class: ComponentClass;
  key: string;
  label: string;
  index: string;
  attributes: Readonly<Record<string, string | number>>;
  measurements: MeasurementLayout;
}

export interface SampleLayout {
  components: readonly ComponentLayout[];
  system?: SystemIdentity;
  absent: Readonly<Partial<Record<ComponentClass, string>>>;
}

/** Largest inflated layout that is accepted (a chassis of 10,000 ports is about 4 MB): a damaged one must not fill the memory. */
const MAX_LAYOUT_OCTETS = 64 * 1024 * 1024;

/** Measurement layouts are shared between all components that have the same ones. */
export class LayoutInterner {
  readonly #known = new Map<string, MeasurementLayout>();

  measurements(component: Component): MeasurementLayout {
    const entries = Object.entries(component.measurements);
    return this.intern({
      names: entries.map(([name]) => name),
      kinds: entries.map(([, { kind }]) => kind),
      units: entries.map(([, { unit }]) => unit ?? null),
    });
  }

  intern(layout: MeasurementLayout): MeasurementLayout {
    const key = JSON.stringify(layout);
    const known = this.#known.get(key);
    if (known) return known;
    this.#known.set(key, layout);
    return layout;
  }
}

export function layoutOf(sample: DeviceSample, interner: LayoutInterner): SampleLayout {
  return {
    components: sample.components.map((component) => ({
      class: component.class,
      key: component.key,
      label: component.label,
      index: component.index,
      attributes: component.attributes,
      measurements: interner.measurements(component),
    })),
    ...(sample.system && { system: sample.system }),
    absent: sample.absent,
  };
}

/** Whether what surrounds the components is as in the layout; the record's writer compares the components itself. */
export function hasSameFrame(layout: SampleLayout, sample: DeviceSample): boolean {
  return (
    layout.components.length === sample.components.length &&
    isShallowEqual(layout.system, sample.system) &&
    isShallowEqual(layout.absent, sample.absent)
  );
}

/** Whether a component is the one of the layout, but for its measurements. */
export function isSameComponent(layout: ComponentLayout, component: Component): boolean {
  return (
    layout.key === component.key &&
    layout.index === component.index &&
    layout.class === component.class &&
    layout.label === component.label &&
    isShallowEqual(layout.attributes, component.attributes)
  );
}

function isShallowEqual(a: object | undefined, b: object | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  let count = 0;
  for (const name in left) {
    if (left[name] !== right[name]) return false;
    count += 1;
  }
  for (const _ in right) count -= 1;
  return count === 0;
}

/** The layout as octets for the store, and the digest it is found by. */
export function packLayout(layout: SampleLayout): { digest: Buffer; body: Buffer } {
  const shared: MeasurementLayout[] = [];
  const text = JSON.stringify({
    components: layout.components.map(({ measurements, ...rest }) => {
      let position = shared.indexOf(measurements);
      if (position < 0) position = shared.push(measurements) - 1;
      return { ...rest, measurements: position };
    }),
    measurements: shared,
    system: layout.system,
    absent: layout.absent,
  });
  return {
    digest: createHash("sha256").update(text).digest(),
    body: deflateRawSync(Buffer.from(text), compression),
  };
}

/** @throws MalformedRecordError when the octets are not what `packLayout` made. */
export function unpackLayout(digest: Uint8Array, body: Uint8Array, interner: LayoutInterner): SampleLayout {
  let text: Buffer;
  try {
    text = inflateRawSync(body, { maxOutputLength: MAX_LAYOUT_OCTETS, chunkSize: 8192 });
  } catch (error) {
    throw new MalformedRecordError(`a layout does not inflate: ${(error as Error).message}`);
  }
  if (!createHash("sha256").update(text).digest().equals(digest))
    throw new MalformedRecordError("a layout's digest is wrong");
  const packed = JSON.parse(text.toString("utf8")) as {
    components: (Omit<ComponentLayout, "measurements"> & { measurements: number })[];
    measurements: MeasurementLayout[];
    system?: SystemIdentity;
    absent: SampleLayout["absent"];
  };
  const shared = packed.measurements.map((measurements) => interner.intern(measurements));
  return {
    components: packed.components.map((component) => ({
      ...component,
      measurements: shared[component.measurements] as MeasurementLayout,
    })),
    ...(packed.system && { system: packed.system }),
    absent: packed.absent,
  };
}
