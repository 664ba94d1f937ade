/** Heading and signature of an official report. */
import { htmlText } from "../encode.ts";
import type { Letterhead } from "../model.ts";

/** Issuer on the left, the state's name and motto on the right; number, place and date beneath. */
export function letterhead({ superior, issuer, republic, motto, number, placeDate }: Letterhead): string {
  const above = superior ? `<p>${htmlText(superior)}</p>` : "";
  return `<div class="letterhead"><div>${above}<p class="issuer">${htmlText(issuer)}</p><p class="number">${htmlText(number)}</p></div><div><p class="republic">${htmlText(republic)}</p><p class="motto">${htmlText(motto)}</p><p class="placedate">${htmlText(placeDate)}</p></div></div>`;
}

/** Recipients on the left, who signs on the right, with room for the signature. */
export function signature(head: Letterhead): string {
  const { recipients, recipientsList, signer, signHint, signerName } = head;
  const list = recipientsList.map((line) => `<li>${htmlText(line)}</li>`).join("");
  const titles = signer.map((line) => `<p class="signer">${htmlText(line)}</p>`).join("");
  const name = signerName === undefined ? "" : `<p class="signername">${htmlText(signerName)}</p>`;
  return `<div class="signature"><div><p class="recipients">${htmlText(recipients)}:</p><ul>${list}</ul></div><div>${titles}<p class="hint">${htmlText(signHint)}</p>${name}</div></div>
`;
}
