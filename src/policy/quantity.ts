/** Quantities of the Kubernetes API as numbers: processors in thousandths of a core, the rest in octets. */

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** "250m" → 250, "1.5" → 1500. NaN when it is no quantity. */
export function millicores(text: string | number | undefined): number {
  if (text === undefined) return 0;
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(text));
  return match ? Math.ceil(Number(match[1]) * (match[2] === "m" ? 1 : 1000)) : Number.NaN;
}

/** "1Gi" → 1073741824. NaN when it is no quantity. */
export function octets(text: string | number | undefined): number {
  if (text === undefined) return 0;
  const match = /^(\d+(?:\.\d+)?)(|[kMGTP]|[KMGTP]i)$/.exec(String(text));
  return match ? Math.ceil(Number(match[1]) * (UNITS[match[2] ?? ""] ?? Number.NaN)) : Number.NaN;
}

/** 1500 → "1500m", 2000 → "2". */
export function cpuText(thousandths: number): string {
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}

/** Whole Mi, or Gi where it is even; rounded up. */
export function octetsText(count: number): string {
  const mebi = Math.ceil(count / UNITS.Mi!);
  return mebi % 1024 === 0 ? `${mebi / 1024}Gi` : `${mebi}Mi`;
}

/** Cores for people: 170500 → "170.5", 250 → "0.25". */
export function coresText(thousandths: number): string {
  return String(Math.round(thousandths / 10) / 100);
}
