const collator = new Intl.Collator("vi", { numeric: true });

/** Order of names as a Vietnamese reader expects it, numbers by value; ids are ASCII and sort alike. */
export function compareText(x: unknown, y: unknown): number {
  return collator.compare(String(x ?? ""), String(y ?? ""));
}
