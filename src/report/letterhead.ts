/** The form of an official report: Decree 30/2020/ND-CP on records work, appendix I. */
import { localMs } from "../inventory/wall-clock.ts";
import type { Prepared } from "./input.ts";
import type { Letterhead } from "./model.ts";

/** To be filled in by hand. */
const BLANK = "........";

/** Heading, number, place and date, recipients and signature of whoever makes the report. */
export function letterheadOf({ inventory, language, madeAtMs, speech }: Prepared): Letterhead {
  const { province } = inventory;
  const { center } = province;
  const today = new Date(localMs(madeAtMs, province.timeZone));
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  // Days below 10 and the months January and February are written with a leading zero.
  const month = today.getUTCMonth() + 1;
  const issuer = (language === "en" ? center?.nameEn : undefined) ?? center?.name ?? province.name;
  const superior = (language === "en" ? center?.superiorEn : undefined) ?? center?.superior;
  const recipients = (language === "en" ? center?.recipientsEn : undefined) ?? center?.recipients;
  const { signer } = center ?? {};
  const title = (language === "en" ? signer?.titleEn : undefined) ?? signer?.title ?? speech.word("signer");
  return {
    ...(superior && { superior }),
    issuer,
    docKind: speech.word("docKind"),
    republic: speech.word("republic"),
    motto: speech.word("motto"),
    number: speech.word("docNumber", { abbreviation: center?.abbreviation ?? BLANK }),
    placeDate: speech.word("placeDate", {
      place:
        (language === "en" ? center?.placeEn : undefined) ??
        center?.place ??
        (language === "en" ? (province.nameEn ?? province.name) : province.name),
      day: twoDigits(today.getUTCDate()),
      month: language === "vi" && month > 2 ? String(month) : twoDigits(month),
      year: String(today.getUTCFullYear()),
    }),
    recipients: speech.word("recipients"),
    recipientsList: recipients ?? speech.word("recipientsList").split("\n"),
    signer: typeof title === "string" ? [title] : title,
    signHint: speech.word("signHint"),
    ...(signer?.name !== undefined && { signerName: signer.name }),
  };
}
