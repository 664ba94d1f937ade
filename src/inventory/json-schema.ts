/** JSON Schemas of the inventory's files, from the same zod schemas that check them; editors complete with them. */
import { z } from "zod";
import { SCHEMAS } from "./check-shape.ts";
import { KINDS, type Kind } from "./kinds.ts";

/** File name → JSON Schema (draft 2020-12). `province` is one object, every other kind a list of its objects. */
export function inventorySchemas(): Map<string, object> {
  const names: readonly (Kind | "province")[] = ["province", ...KINDS];
  return new Map(
    names.map((name) => {
      const schema = name === "province" ? SCHEMAS.province : z.array(SCHEMAS[name]);
      // What a person writes, not what comes out: keys with a default may be left out.
      const json = z.toJSONSchema(schema, { io: "input" });
      return [`${name}.schema.json`, { title: `pdc inventory: ${name}`, ...json }];
    }),
  );
}
