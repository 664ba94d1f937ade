/**
 * The inputs as they would have to be for the object to be what it is now: what a refresh writes down. Only
 * fields that were asked for are looked at; others belong to the server or to somebody else.
 */
import { sameContent } from "../../../engine/properties/compare.ts";
import { isPlainObject, type PropertyMap, type PropertyValue } from "../../../engine/properties/values.ts";
import { annotations } from "../objects/annotations.ts";
import { type KubeObject, metadataOf, withoutServerFields } from "../objects/kube-object.ts";
import {
  allFields,
  childFields,
  elementFields,
  type FieldTree,
  listKind,
  sameElement,
} from "./managed-fields.ts";

type Maybe = PropertyValue | undefined;

/**
 * @param asked what was last asked for
 * @param before the object as it was after that: what the server made of the inputs is no drift
 * @param now the object as it is
 */
export function observedInputs(asked: KubeObject, before: KubeObject, now: KubeObject): KubeObject {
  const fields = allFields(now);
  const known = Object.keys(fields).length > 0 ? fields : undefined;
  const observed = observe(asked, withStringData(asked, before), withStringData(asked, now), known);
  return isPlainObject(observed) ? observed : {};
}

function observe(asked: PropertyValue, before: Maybe, now: Maybe, fields: FieldTree | undefined): Maybe {
  if (isPlainObject(asked) && isPlainObject(now)) return observeMap(asked, before, now, fields);
  if (sameContent(before, now)) return asked;
  if (Array.isArray(asked) && Array.isArray(now)) return observeList(asked, before, now, fields);
  if (now === undefined || now === null) return undefined;
  return sameContent(asked, now) ? asked : now;
}

function observeMap(
  asked: PropertyMap,
  before: Maybe,
  now: PropertyMap,
  fields: FieldTree | undefined,
): PropertyMap {
  const observed: PropertyMap = {};
  const was = (key: string) => (isPlainObject(before) ? before[key] : undefined);
  const isOneValue = fields !== undefined && Object.keys(fields).length === 0;
  for (const [key, value] of Object.entries(asked)) {
    const seen = observe(value, was(key), now[key], isOneValue ? fields : childFields(fields, key));
    if (seen !== undefined) observed[key] = seen;
  }
  // Nobody owns parts of a map that is one value (a selector): what was put into it made another value of it.
  for (const [key, value] of isOneValue ? Object.entries(now) : [])
    if (asked[key] === undefined && !sameContent(was(key), value)) observed[key] = value;
  return observed;
}

function observeList(
  asked: PropertyValue[],
  before: Maybe,
  now: PropertyValue[],
  fields: FieldTree | undefined,
): PropertyValue[] {
  const list = listKind(fields);
  const old = Array.isArray(before) ? before : [];
  if (list.kind === "set") {
    return asked.filter((value) => now.some((other) => sameContent(value, other)));
  }
  if (list.kind === "map") {
    const find = (all: PropertyValue[], element: PropertyValue) =>
      all.find((other) => sameElement(element, other, list.keys));
    return asked.flatMap((element) => {
      const found = find(now, element);
      if (found === undefined) return [];
      return observe(element, find(old, element), found, elementFields(fields, found)) ?? [];
    });
  }
  // A list that is one value is ours as a whole, with everything that was put into it.
  return now.map((value, i) => {
    const element = asked[i];
    return element === undefined ? value : (observe(element, old[i], value, fields && {}) ?? value);
  });
}

/** The server keeps `stringData` as `data`; what was asked for in clear is compared in clear. */
function withStringData(asked: KubeObject, live: KubeObject): KubeObject {
  if (live.kind !== "Secret" || !isPlainObject(asked.stringData)) return live;
  const data = isPlainObject(live.data) ? live.data : {};
  const stringData: PropertyMap = {};
  for (const key of Object.keys(asked.stringData)) {
    const value = data[key];
    if (typeof value === "string") stringData[key] = Buffer.from(value, "base64").toString("utf8");
  }
  return { ...live, stringData };
}

const notedByOthers = [
  "deployment.kubernetes.io/revision",
  "kubectl.kubernetes.io/last-applied-configuration",
  annotations.autonamed,
];

/** The inputs of an object that nobody asked for here yet (an import). */
export function importedInputs(live: KubeObject): KubeObject {
  const { status: _, ...object } = withoutServerFields(live);
  const { annotations: given, ...metadata } = metadataOf(object);
  const kept = isPlainObject(given)
    ? Object.fromEntries(Object.entries(given).filter(([key]) => !notedByOthers.includes(key)))
    : {};
  return {
    ...object,
    metadata: { ...metadata, ...(Object.keys(kept).length > 0 && { annotations: kept }) },
  };
}
