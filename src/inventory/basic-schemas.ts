/** What ids, one-line texts and days are in every kind of the inventory. */
import { z } from "zod";

/** One rule for every id and name that becomes part of a path, a label or an argument. */
export const idSchema = z
  .string()
  .regex(
    /^(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$)(?!.*--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "lower-case letters, digits and single hyphens, at most 63, and no device name of Windows",
  );
/** A text of one line, as it stands in tables and charts. */
export const lineSchema = z.string().regex(/^[^\r\n\t]+$/, "one line of text");
/** A calendar day, "2025-07-01"; from = first day valid, until = first day no longer valid. */
export const dateSchema = z.iso.date();
