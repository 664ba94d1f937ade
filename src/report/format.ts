/** Numbers, times and rates as people of a language write them, in the province's time zone. */

export type Language = "vi" | "en";

/** Locale whose customs a language follows: 1.234,5 and 24/11/2026 in Vietnamese; day before month in English too. */
const LOCALES: Readonly<Record<Language, string>> = { vi: "vi-VN", en: "en-GB" };
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Every way a value is written. Each takes a number; what is not known is the caller's to leave out. */
export interface Format {
  language: Language;
  timeZone: string;
  integer(value: number): string;
  /** At most `digits` decimals (default 1). */
  decimal(value: number, digits?: number): string;
  /** 87.25 → "87.3 %" ("87,3 %"); never rounded up to 100. */
  percent(value: number, digits?: number): string;
  /** Bits per second with a decimal prefix: "12.4 Mbit/s". */
  bitRate(bitsPerSecond: number): string;
  /** "24/11/2026 08:05". */
  dateTime(atMs: number): string;
  date(atMs: number): string;
  time(atMs: number): string;
  /** Seconds as the two largest units: "3 days 4 h", "2 min". */
  duration(seconds: number): string;
  milliseconds(value: number): string;
}

const durationWords: Readonly<Record<Language, readonly [string, string, string, string]>> = {
  vi: ["ngày", "giờ", "phút", "giây"],
  en: ["d", "h", "min", "s"],
};

export function createFormat(language: Language, timeZone: string): Format {
  const locale = LOCALES[language];
  const decimals = [0, 1, 2, 3].map(
    (maximumFractionDigits) => new Intl.NumberFormat(locale, { maximumFractionDigits }),
  );
  const dateParts = { timeZone, day: "2-digit", month: "2-digit", year: "numeric" } as const;
  const timeParts = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const dates = new Intl.DateTimeFormat("en-GB", dateParts);
  const times = new Intl.DateTimeFormat("en-GB", timeParts);
  const decimal = (value: number, digits = 1) => decimals[digits]!.format(value);
  const format: Format = {
    language,
    timeZone,
    integer: (value) => decimal(value, 0),
    decimal,
    percent: (value, digits = 1) => {
      const unit = 10 ** digits;
      const shown =
        value < 100 && value > 0 ? Math.min(Math.round(value * unit) / unit, 100 - 1 / unit) : value;
      return `${decimal(shown, digits)} %`;
    },
    bitRate: (bitsPerSecond) => {
      const steps = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];
      let value = bitsPerSecond;
      let step = 0;
      while (value >= 999.5 && step < steps.length - 1) {
        value /= 1000;
        step++;
      }
      return `${decimal(value, value < 10 && step > 0 ? 2 : value < 100 && step > 0 ? 1 : 0)} ${steps[step]}`;
    },
    date: (atMs) => dates.format(atMs),
    time: (atMs) => times.format(atMs),
    dateTime: (atMs) => `${dates.format(atMs)} ${times.format(atMs)}`,
    duration: (seconds) => {
      const words = durationWords[language];
      const parts = [
        Math.floor(seconds / DAY),
        Math.floor((seconds % DAY) / HOUR),
        Math.floor((seconds % HOUR) / MINUTE),
        Math.floor(seconds % MINUTE),
      ];
      const first = parts.findIndex((part) => part > 0);
      if (first < 0) return `0 ${words[3]}`;
      return [first, first + 1]
        .filter((place) => place < 4 && (parts[place] ?? 0) > 0)
        .map((place) => `${decimal(parts[place]!, 0)} ${words[place]}`)
        .join(" ");
    },
    milliseconds: (value) => `${decimal(value, value < 10 ? 1 : 0)} ms`,
  };
  return format;
}
