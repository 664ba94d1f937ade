/** Puts incoming objects into a draft: new ones are added, known ones changed where the source says otherwise. */
import { isDeepStrictEqual } from "node:util";
import type { InventoryDraft } from "../edit/draft.ts";
import type { EditableItem } from "../edit/yaml-items.ts";
import { KINDS, type Kind } from "../kinds.ts";
import type { Inventory } from "../model.ts";
import type { Incoming, RawObject } from "./incoming.ts";

export interface Applied {
  added: Record<Kind, number>;
  changed: Record<Kind, number>;
  unchanged: Record<Kind, number>;
}

/**
 * Nothing is ever taken out: what the source does not name stays, and so does every field it does not give.
 * New objects go to `<kind>/imported.yaml`.
 */
export function applyIncoming(
  draft: InventoryDraft,
  inventory: Inventory | undefined,
  incoming: Incoming,
): Applied {
  const none = () => Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
  const applied: Applied = { added: none(), changed: none(), unchanged: none() };
  for (const kind of KINDS) {
    const fresh: RawObject[] = [];
    for (const object of incoming.objects[kind] ?? []) {
      if (draft.fileOf(kind, object.id) === undefined) fresh.push(object);
      else if (change(draft, kind, object, inventory?.[kind].get(object.id))) applied.changed[kind]++;
      else applied.unchanged[kind]++;
    }
    draft.append(kind, `${kind}/imported.yaml`, fresh);
    applied.added[kind] = fresh.length;
  }
  return applied;
}

function change(draft: InventoryDraft, kind: Kind, object: RawObject, known: object | undefined): boolean {
  // Who belonged to whom and when is history, which an import does not know: it is changed by `pdc inventory merge`.
  const differing = Object.entries(object).filter(
    ([key, value]) =>
      key !== "parents" &&
      value !== undefined &&
      !saysTheSame(value, (known as Record<string, unknown> | undefined)?.[key]),
  );
  if (differing.length === 0) return false;
  draft.edit(kind, object.id, (item) => {
    for (const [key, value] of differing)
      item.set(key, key === "interfaces" ? mergedInterfaces(item, value as NamedObject[]) : value);
  });
  return true;
}

type NamedObject = { name: string } & Record<string, unknown>;

/** Interfaces are known by their names; those the source does not list stay. */
function mergedInterfaces(item: EditableItem, incoming: readonly NamedObject[]): NamedObject[] {
  const merged = new Map(
    ((item.get("interfaces") as NamedObject[] | undefined) ?? []).map((one) => [one.name, one]),
  );
  for (const one of incoming) merged.set(one.name, { ...merged.get(one.name), ...one });
  return [...merged.values()];
}

/** Does what is known hold everything that is said? Defaults that the file does not spell out count as said. */
function saysTheSame(said: unknown, known: unknown): boolean {
  if (typeof said !== "object" || said === null) return said === known;
  if (Array.isArray(said)) {
    if (!Array.isArray(known)) return false;
    if (said.every((one) => typeof one !== "object")) return isDeepStrictEqual(said, known);
    return said.every((one) => known.some((other) => saysTheSame(one, other)));
  }
  return Object.entries(said).every(
    ([key, value]) =>
      value === undefined || saysTheSame(value, (known as Record<string, unknown> | undefined)?.[key]),
  );
}
