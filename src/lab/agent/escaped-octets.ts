const octetOf: Readonly<Record<string, number>> = {
  "\\": 0x5c,
  "'": 0x27,
  '"': 0x22,
  a: 0x07,
  b: 0x08,
  t: 0x09,
  n: 0x0a,
  v: 0x0b,
  f: 0x0c,
  r: 0x0d,
};

/**
 * The octets of a text with the escapes of a Python string literal, as snmpsim writes values of tags that end with
 * `e`: `\n`, `\\`, `\x1f` … Other characters are UTF-8. Undefined when an escape is none of these.
 */
export function escapedOctets(text: string): Buffer | undefined {
  const parts: Buffer[] = [];
  let position = 0;
  for (const { 0: sequence, index } of text.matchAll(/\\(?:x[0-9a-fA-F]{2}|[^x]|$|x)/gsu)) {
    const code = sequence[1] === "x" ? Number.parseInt(sequence.slice(2), 16) : octetOf[sequence.slice(1)];
    if (code === undefined || Number.isNaN(code)) return undefined;
    parts.push(Buffer.from(text.slice(position, index)), Buffer.of(code));
    position = index + sequence.length;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(position))]);
}
