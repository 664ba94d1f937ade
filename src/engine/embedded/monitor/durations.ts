const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** Seconds of a duration as Go writes it (`1h30m`, `500ms`); empty: undefined. @throws when it is not one */
export function durationSeconds(text: string): number | undefined {
  if (text === "") return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text.replace(/^\+/, "")) {
    if (text === "0") return 0;
    throw new Error(`unable to parse customTimeout Value ${text}`);
  }
  return parts.reduce((total, [, number, unit]) => total + Number(number) * UNITS[unit!]!, 0);
}
