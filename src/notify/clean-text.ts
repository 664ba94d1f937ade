/** Texts of devices and receivers, before they go into a message, a mail's head or the log. Pure. */

/** Control characters, line separators and marks that turn a line around have no place in a message. */
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;

/** Without what cannot be seen; its lines stay. */
export function cleanLines(text: string): string {
  return text.replace(UNSEEN, " ").toWellFormed();
}

/** The same as one line. */
export function oneLine(text: string): string {
  return cleanLines(text).replace(/\s*\n\s*/g, " ");
}
