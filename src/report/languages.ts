import { dateAt } from "../inventory/agencies.ts";
import type { Inventory } from "../inventory/model.ts";
import { createFormat, type Language } from "./format.ts";
import { en } from "./messages/en.ts";
import type { Messages } from "./messages/messages.ts";
import { vi } from "./messages/vi.ts";
import { createNames } from "./names.ts";
import { createSpeech, type Speech } from "./sentence.ts";

/** Every report language. */
export const languages: Readonly<Record<Language, Messages>> = { vi, en };

/** How a report about this inventory speaks: language, customs, time zone, and names as they were at that moment. */
export function speechFor(inventory: Inventory, language: Language, atMs: number): Speech {
  const format = createFormat(language, inventory.province.timeZone);
  return createSpeech(languages[language], format, createNames(inventory, language, dateAt(inventory, atMs)));
}
