/** One object of the inventory with all its fields, or counts of all of them. */
import { KINDS, type Kind, SINGULAR } from "../../inventory/kinds.ts";
import { LookupError } from "../../inventory/lookup.ts";
import { nearest } from "../../inventory/near-match.ts";
import type { TableView } from "../../report/table-view.ts";
import { fieldsView, flatFields } from "./fields-view.ts";
import { summarizeInventory } from "./list.ts";
import { type InventoryPlace, openInventory } from "./open.ts";

/** `id` alone must be of one kind; "device/rt-core-1" names the kind too. */
export async function showInventory(
  place: InventoryPlace,
  text: string | undefined,
): Promise<{ data: unknown; views: TableView[] }> {
  if (text === undefined) {
    const data = await summarizeInventory(place);
    return { data, views: [fieldsView(flatFields(data))] };
  }
  const { inventory } = await openInventory(place);
  const [prefix, rest] = text.includes("/")
    ? [text.slice(0, text.indexOf("/")), text.slice(text.indexOf("/") + 1)]
    : [undefined, text];
  const kinds = prefix === undefined ? KINDS : [kindOf(prefix)];
  const found = kinds.filter((kind) => inventory[kind].has(rest));
  if (found.length === 0) {
    const near = nearest(
      rest,
      kinds.flatMap((kind) => [...inventory[kind].keys()]),
    );
    throw new LookupError(
      "unknown-object",
      `the inventory has no "${text}"`,
      near === undefined ? "`pdc inventory list --kind …` lists them" : `did you mean "${near}"?`,
    );
  }
  const objects = found.map((kind) => ({ kind, object: inventory[kind].get(rest)! }));
  const views = objects.map(({ kind, object }) =>
    fieldsView(flatFields(object), `${SINGULAR[kind]} ${rest}`),
  );
  return { data: Object.fromEntries(objects.map(({ kind, object }) => [kind, object])), views };
}

function kindOf(word: string): Kind {
  const kind = KINDS.find((one) => one === word || SINGULAR[one] === word);
  if (kind) return kind;
  throw new LookupError(
    "unknown-kind",
    `"${word}" is no kind of object`,
    `one of ${KINDS.map((one) => SINGULAR[one]).join(", ")}`,
  );
}
