import { expect, test } from "vitest";
import { chance } from "@/tests/chance";
import { compare } from "@/shared/format";
import { filtered, inSight, sorted } from "./table-rows";

interface Row {
  id: number;
  amount: string | null;
  name: string;
}

const AMOUNT = { key: "amount", number: true, value: (row: Row) => row.amount };
const NAME = { key: "name", value: (row: Row) => row.name };
const row = (id: number, amount: string | null, name = ""): Row => ({ id, amount, name });
const ids = (rows: readonly Row[]): number[] => rows.map(({ id }) => id);

test("decimal texts are sorted by their exact size, also where floats see no difference", () => {
  const rows = [row(1, "0.30000000000000000001"), row(2, "0.3"), row(3, "-5"), row(4, null), row(5, "1e2"), row(6, "0.30000000000000000002")];
  expect(ids(sorted(rows, AMOUNT, false))).toEqual([4, 3, 2, 1, 6, 5]);
  expect(ids(sorted(rows, AMOUNT, true))).toEqual([5, 6, 1, 2, 3, 4]);
});

test("any amounts come out in order, and equal ones as they stood, both ways", () => {
  const roll = chance(5);
  const rows = Array.from({ length: 400 }, (_, id) => row(id, `${roll.below(2) ? "-" : ""}${roll.below(9)}.${roll.digits(18)}`)).concat(Array.from({ length: 50 }, (_, id) => row(500 + id, "7.0")));
  for (const down of [false, true]) {
    const found = sorted(rows, AMOUNT, down);
    expect(new Set(ids(found)).size).toBe(rows.length);
    for (let index = 1; index < found.length; index += 1) expect(compare(found[index - 1]!.amount!, found[index]!.amount!)).not.toBe(down ? -1 : 1);
    expect(ids(found).filter((id) => id >= 500)).toEqual(Array.from({ length: 50 }, (_, id) => 500 + id));
  }
});

test("texts are sorted as people count", () => {
  const rows = [row(1, null, "S10"), row(2, null, "s2"), row(3, null, "S1"), row(4, null, "")];
  expect(ids(sorted(rows, NAME, false))).toEqual([4, 3, 2, 1]);
});

test("all rows in sight are always drawn, at rest those around them too, and after a leap those in sight alone", () => {
  expect(inSight(100, 100, 20, 1_000)).toEqual([92, 128]);
  expect(inSight(104, 100, 20, 1_000)).toEqual([92, 128]);
  expect(inSight(500, 100, 20, 1_000)).toEqual([500, 520]);
  expect(inSight(0, 900, 20, 5)).toEqual([0, 5]);
  const roll = chance(7);
  for (let n = 0; n < 300; n += 1) {
    const [first, drawn, count, length] = [roll.below(300), roll.below(300), 1 + roll.below(40), roll.below(300)];
    const [from, until] = inSight(first, drawn, count, length);
    expect(from >= 0 && until <= length && until - from <= 2 * count + 16).toBe(true);
    for (let row = Math.min(first, Math.max(0, length - count)); row < Math.min(length, first + count); row += 1) expect(row >= from && row < until).toBe(true);
  }
});

test("a filter wants every word, anywhere in the row", () => {
  const rows = [row(1, "1.5", "BTC/USDT buy"), row(2, "2.5", "BTC/USDT sell"), row(3, "1.5", "ETH/USDT sell")];
  const texts = new WeakMap<Row, string>();
  expect(ids(filtered(rows, [AMOUNT, NAME], " btc  SELL", texts))).toEqual([2]);
  expect(ids(filtered(rows, [AMOUNT, NAME], "1.5 sell", texts))).toEqual([3]);
  expect(filtered(rows, [AMOUNT, NAME], "  ", texts)).toBe(rows);
});
