// Exact decimals as text. Nothing here goes through a binary float; money stays what the server wrote.

/** A decimal taken apart: `digits` x 10^-`scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-])?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
const SCALE_MOST = 4_000;
const ten = (power: number): bigint => 10n ** BigInt(power);

/** Reads decimal text; undefined when it is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const found = DECIMAL.exec(text.trim());
  if (!found) return undefined;
  const [, sign, whole = "", part = "", exponent = "0"] = found;
  if (whole === "" && part === "") return undefined;
  let scale = part.length - Number(exponent);
  let digits = BigInt(whole + part);
  if (Math.abs(scale) > SCALE_MOST) return undefined;
  if (scale < 0) {
    digits *= ten(-scale);
    scale = 0;
  }
  return { digits: sign === "-" ? -digits : digits, scale };
}

function needed(value: string | Decimal): Decimal {
  const found = typeof value === "string" ? parseDecimal(value) : value;
  if (!found) throw new RangeError(`not a decimal: ${String(value).slice(0, 60)}`);
  return found;
}

function alike(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * ten(scale - a.scale), b.digits * ten(scale - b.scale), scale];
}

/** Plain text of a decimal, without exponent; trailing zeros of the scale stay. */
export function toText({ digits, scale }: Decimal): string {
  const minus = digits < 0n ? "-" : "";
  const all = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return scale === 0 ? minus + all : `${minus}${all.slice(0, -scale)}.${all.slice(-scale)}`;
}

/** `a + b`, exact. */
export function add(a: string, b: string): string {
  const [x, y, scale] = alike(needed(a), needed(b));
  return toText({ digits: x + y, scale });
}

/** `a - b`, exact. */
export function subtract(a: string, b: string): string {
  const [x, y, scale] = alike(needed(a), needed(b));
  return toText({ digits: x - y, scale });
}

/** `a x b`, exact. */
export function multiply(a: string, b: string): string {
  const [x, y] = [needed(a), needed(b)];
  return toText({ digits: x.digits * y.digits, scale: x.scale + y.scale });
}

/** `a / b` to `places` digits after the point, half to even; undefined when `b` is zero. */
export function divide(a: string, b: string, places: number): string | undefined {
  const [x, y] = alike(needed(a), needed(b));
  return y === 0n ? undefined : toText({ digits: halfEven(x * ten(places), y), scale: places });
}

/** -1, 0 or 1. */
export function compare(a: string, b: string): -1 | 0 | 1 {
  const [x, y] = alike(needed(a), needed(b));
  return x < y ? -1 : x > y ? 1 : 0;
}

/** -1, 0 or 1: the sign of a decimal. */
export function signOf(value: string): -1 | 0 | 1 {
  const { digits } = needed(value);
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

/** The same with the other sign. */
export function negate(value: string): string {
  const { digits, scale } = needed(value);
  return toText({ digits: -digits, scale });
}

function halfEven(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const [a, b] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const whole = a / b;
  const twice = (a % b) * 2n;
  const up = twice > b || (twice === b && whole % 2n === 1n);
  const size = up ? whole + 1n : whole;
  return negative ? -size : size;
}

/** Rounded half to even to exactly `places` digits after the point. */
export function round(value: string, places: number): string {
  const { digits, scale } = needed(value);
  if (scale <= places) return toText({ digits: digits * ten(places - scale), scale: places });
  return toText({ digits: halfEven(digits, ten(scale - places)), scale: places });
}

/** Without zeros at the end of the fraction, but with at least `least` digits of it. */
export function trimmed(value: string, least = 0): string {
  const { digits, scale } = needed(value);
  let [left, kept] = [digits, scale];
  while (kept > least && left % 10n === 0n) {
    left /= 10n;
    kept -= 1;
  }
  return kept < least ? toText({ digits: left * ten(least - kept), scale: least }) : toText({ digits: left, scale: kept });
}

/** How numbers are written: places exactly, or what is there with at least `least`; a sign always, if it is a change. */
export interface Style {
  places?: number | undefined;
  least?: number | undefined;
  signed?: boolean | undefined;
}

const MINUS = "\u2212";

/** For reading: thousands apart, a true minus, half-even rounding when `places` says so. Text that is no decimal stays as it is. */
export function written(value: string, { places, least = 0, signed = false }: Style = {}): string {
  const found = parseDecimal(value);
  if (!found) return value;
  const plain = places === undefined ? trimmed(toText(found), least) : round(toText(found), places);
  const [whole = "0", part] = plain.replace("-", "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const zero = !/[1-9]/.test(plain);
  const sign = zero ? "" : plain.startsWith("-") ? MINUS : signed ? "+" : "";
  return sign + grouped + (part === undefined ? "" : `.${part}`);
}

const STEPS: readonly [number, string][] = [
  [15, "Qa"],
  [12, "T"],
  [9, "B"],
  [6, "M"],
  [3, "k"],
];

/** Three significant places and a word for the size: 12,345,678 -> "12.3 M". For tiles and axes; tables show all digits. */
export function compact(value: string, signed = false): string {
  const found = parseDecimal(value);
  if (!found) return value;
  const size = found.digits < 0n ? -found.digits : found.digits;
  for (const [power, name] of STEPS) {
    if (size >= ten(power + found.scale)) {
      const part = { digits: found.digits, scale: found.scale + power };
      return `${written(toText(part), { places: size >= ten(power + 2 + found.scale) ? 0 : 1, signed })} ${name}`;
    }
  }
  return written(value, { places: Math.min(found.scale, 2), signed });
}

/** For drawing only: the nearest binary float. */
export function forChart(value: string): number {
  return Number(value);
}

/** A share as per cent text: "0.0123" -> "1.23". */
export function percentOf(share: string, places = 2): string {
  return round(multiply(share, "100"), places);
}
