import { createRequire } from "node:module";
import type { ListValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb.js";
import {
  emptyMap,
  isUnknown,
  type PropertyMap,
  type PropertyValue,
  SIGNATURE_KEY,
  signatures,
} from "./values.ts";

const require = createRequire(import.meta.url);
let structModule: typeof import("google-protobuf/google/protobuf/struct_pb.js") | undefined;

// Loaded on first use: starting a command that needs no engine shall not pay for it.
function structs(): typeof import("google-protobuf/google/protobuf/struct_pb.js") {
  structModule ??=
    require("google-protobuf/google/protobuf/struct_pb.js") as typeof import("google-protobuf/google/protobuf/struct_pb.js");
  return structModule;
}

/** A `google.protobuf.Struct` as properties. Absent: none. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  const properties = emptyMap();
  struct?.getFieldsMap().forEach((value: Value, key: string) => {
    properties[key] = fromValue(value);
  });
  // A reference to a resource whose id is not known yet has an empty one, whoever sent it.
  if (properties[SIGNATURE_KEY] === signatures.resource && isUnknown(properties.id)) properties.id = "";
  return properties;
}

/** One `google.protobuf.Value`; a value without a kind is null. */
export function fromValue(value: Value): PropertyValue {
  if (value.hasStringValue()) return value.getStringValue();
  if (value.hasNumberValue()) return value.getNumberValue();
  if (value.hasBoolValue()) return value.getBoolValue();
  if (value.hasStructValue()) return fromStruct(value.getStructValue());
  if (value.hasListValue()) return value.getListValue()!.getValuesList().map(fromValue);
  return null;
}

/** Properties as a `google.protobuf.Struct`; keys whose value is undefined are left out. */
export function toStruct(properties: PropertyMap): Struct {
  const struct = new (structs().Struct)();
  const fields = struct.getFieldsMap();
  for (const key of Object.keys(properties)) {
    const value = properties[key];
    if (value !== undefined) fields.set(key, toValue(value));
  }
  return struct;
}

/** One property value as a `google.protobuf.Value`. */
export function toValue(value: PropertyValue): Value {
  const { Value: ValueMessage, ListValue: ListMessage, NullValue } = structs();
  const message = new ValueMessage();
  switch (typeof value) {
    case "string":
      message.setStringValue(value);
      break;
    case "number":
      message.setNumberValue(value);
      break;
    case "boolean":
      message.setBoolValue(value);
      break;
    default:
      if (value === null || value === undefined) message.setNullValue(NullValue.NULL_VALUE);
      else if (Array.isArray(value)) {
        const list: ListValue = new ListMessage();
        list.setValuesList(value.map(toValue));
        message.setListValue(list);
      } else message.setStructValue(toStruct(value));
  }
  return message;
}
