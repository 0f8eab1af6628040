// Which rows a table shows, and in which order: filtered and sorted so that a hundred thousand of them take a few milliseconds.

import { compare, parseDecimal } from "@/shared/format";

/** What sorting and filtering need of a column. */
export interface Valued<Row> {
  key: string;
  value: (row: Row) => string | number | boolean | null | undefined;
  number?: boolean;
}

const RANKED_MOST = 20_000; // different texts; more than that are identifiers, compared as they are
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Rows in which every word of `wanted` stands somewhere; `texts` keeps what was read for the next letter. */
export function filtered<Row extends object>(rows: readonly Row[], columns: readonly Valued<Row>[], wanted: string, texts: WeakMap<Row, string>): readonly Row[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    let text = texts.get(row);
    if (text === undefined) {
      text = columns.map(({ value }) => String(value(row) ?? "")).join("\n").toLowerCase();
      texts.set(row, text);
    }
    return words.every((word) => text.includes(word));
  });
}

/** Rows by one column. Numbers and decimal texts by their exact size, missing ones as the smallest; equal ones stay as they were. */
export function sorted<Row extends object>(rows: readonly Row[], column: Valued<Row>, down: boolean): readonly Row[] {
  const values = rows.map(column.value);
  const keys = column.number ? sizes(values) : ranks(values);
  const exact = column.number ? bySize : byText;
  const turn = down ? -1 : 1;
  const order = Array.from(rows, (_, index) => index);
  order.sort((a, b) => {
    const [x, y] = [keys[a] as number, keys[b] as number];
    if (x !== y) return x < y ? -turn : turn;
    return turn * exact(values[a], values[b]) || a - b;
  });
  return order.map((index) => rows[index] as Row);
}

const AROUND = 8;

/**
 * Which rows are drawn: `[from, until)`. Those in sight at once; those around them when there is time, `drawn` being the first row in
 * sight when they were drawn last. So a quick hand on the wheel waits for half as many.
 */
export function inSight(first: number, drawn: number, count: number, length: number): [number, number] {
  const span = (at: number, around: number): [number, number] => [Math.max(0, Math.min(at, length - count) - around), Math.min(length, at + count + around)];
  const [from, until] = span(first, 0);
  const [begin, end] = span(drawn, AROUND);
  return end < from || begin > until ? [from, until] : [Math.min(from, begin), Math.max(until, end)];
}

type Value = string | number | boolean | null | undefined;

// The nearest float never turns the order of two decimals round; where two have the same, the exact comparison decides.
function sizes(values: readonly Value[]): Float64Array {
  return Float64Array.from(values, (value) => {
    const size = value === null || value === undefined || value === "" ? -Infinity : Number(value);
    return Number.isNaN(size) ? -Infinity : size;
  });
}

function bySize(a: Value, b: Value): number {
  if (a === b) return 0;
  const [x, y] = [String(a ?? ""), String(b ?? "")];
  const [known, other] = [parseDecimal(x), parseDecimal(y)];
  if (known && other) return compare(x, y);
  return known ? 1 : other ? -1 : byText(a, b);
}

function ranks(values: readonly Value[]): Float64Array {
  const different = new Set(values.map((value) => String(value ?? "")));
  if (different.size > RANKED_MOST) return new Float64Array(values.length);
  const rank = new Map<string, number>();
  let last: string | undefined;
  let place = 0;
  for (const text of [...different].sort(collator.compare)) {
    if (last !== undefined && collator.compare(last, text) !== 0) place += 1;
    rank.set(text, place);
    last = text;
  }
  return Float64Array.from(values, (value) => rank.get(String(value ?? "")) as number);
}

function byText(a: Value, b: Value): number {
  const [x, y] = [String(a ?? ""), String(b ?? "")];
  return x < y ? -1 : x > y ? 1 : 0;
}
