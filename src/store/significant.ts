/**
 * Numbers of five significant digits as whole numbers in the same order: near values have near codes, so that
 * differences are short. A rollup is a summary; five digits are 0.005 % of it.
 */

const DIGITS = 4;
const LEAST_MANTISSA = 10 ** DIGITS;
const MANTISSAS = 9 * LEAST_MANTISSA;
/** Exponents from -30 to 25: from 1e-26 to 1e30. Less is zero, more is the largest. */
const LEAST_EXPONENT = -30;
const LARGEST_EXPONENT = 25;

/** The code of a finite number; `fromSignificant` gives the number rounded to five digits. */
export function toSignificant(value: number): number {
  if (value < 0) return -toSignificant(-value);
  if (value === 0) return 0;
  let exponent = Math.floor(Math.log10(value)) - DIGITS;
  let mantissa = scaled(value, exponent);
  // The logarithm may be a hair off, and rounding may make 99999.7 a digit longer.
  if (mantissa < LEAST_MANTISSA) mantissa = scaled(value, --exponent);
  if (mantissa >= 10 * LEAST_MANTISSA) mantissa = scaled(value, ++exponent);
  if (exponent < LEAST_EXPONENT) return 0;
  if (exponent > LARGEST_EXPONENT) return (LARGEST_EXPONENT - LEAST_EXPONENT + 1) * MANTISSAS;
  return (exponent - LEAST_EXPONENT) * MANTISSAS + (mantissa - LEAST_MANTISSA) + 1;
}

export function fromSignificant(code: number): number {
  if (code < 0) return -fromSignificant(-code);
  if (code === 0) return 0;
  const place = Math.floor((code - 1) / MANTISSAS);
  const exponent = place + LEAST_EXPONENT;
  const mantissa = code - 1 - place * MANTISSAS + LEAST_MANTISSA;
  return exponent >= 0 ? mantissa * powers[exponent]! : mantissa / powers[-exponent]!;
}

const powers = Array.from({ length: 40 }, (_, exponent) => Number(`1e${exponent}`));

function scaled(value: number, exponent: number): number {
  const power = powers[Math.abs(exponent)] ?? 10 ** Math.abs(exponent);
  return Math.round(exponent >= 0 ? value / power : value * power);
}
