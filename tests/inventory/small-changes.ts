/** The small inventory with one thing changed or added, as rules are tested with. */
import { smallInventory } from "./synthetic-inventory.ts";

export const files = Object.fromEntries(smallInventory());
export const change = (file: string, from: string, to: string) => ({
  [file]: files[file]!.replace(from, to),
});
export const add = (file: string, text: string) => ({ [file]: `${files[file] ?? ""}${text}` });

export const D = "devices/devices.yaml";
export const L = "links/links.yaml";
export const A = "agencies/agencies.yaml";

/** The small inventory's devices with a third one, whose interfaces begin on line 20. */
export const third = (address: string, ...interfaces: string[]) =>
  add(
    D,
    `- id: rt-3\n  site: commune\n  role: router\n  address: ${address}\n  credential: v2c\n  interfaces:\n${interfaces.map((one) => `    - ${one}\n`).join("")}`,
  );
