/**
 * Why a server's certificate was not accepted, in words that say what to look at. Node gives a code (of OpenSSL, or its
 * own), libraries on top of it often only OpenSSL's sentence. There is no switch that accepts such a certificate.
 */

const reasons: readonly (readonly [RegExp, (now: string) => string])[] = [
  [
    /CERT_HAS_EXPIRED|certificate has expired/,
    (now) => `its certificate has expired (the clock here says ${now})`,
  ],
  [
    /CERT_NOT_YET_VALID|certificate is not yet valid/,
    (now) => `its certificate is not valid yet (the clock here says ${now})`,
  ],
  [/ERR_TLS_CERT_ALTNAME_INVALID|altnames/, () => "its certificate is for another name"],
  [
    /DEPTH_ZERO_SELF_SIGNED_CERT|self-signed certificate(?! in)/,
    () => "its certificate is signed by itself, and nobody vouches for it",
  ],
  [
    /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)|certificate in certificate chain|unable to (?:verify the first|get (?:local )?issuer)/,
    () =>
      "its certificate is of an authority that is not known here (NODE_EXTRA_CA_CERTS names a file with the center's own)",
  ],
];

/** @param said the error's code, its message, or both; undefined when they are about something else */
export function certificateWords(said: string, nowMs: number): string | undefined {
  const now = `${new Date(nowMs).toISOString().slice(0, 16)}Z`;
  return reasons.find(([pattern]) => pattern.test(said))?.[1](now);
}
