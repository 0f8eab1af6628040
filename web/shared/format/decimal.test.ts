import { describe, expect, test } from "vitest";
import { chance } from "@/tests/chance";
import { add, compact, compare, divide, multiply, negate, parseDecimal, percentOf, round, signOf, subtract, toText, trimmed, written } from "./decimal";

const TURNS = 500;

function anyDecimal(roll: ReturnType<typeof chance>): string {
  const sign = roll.below(2) ? "-" : "";
  return roll.below(3) ? `${sign}${roll.digits(25)}.${roll.digits(20)}` : sign + roll.digits(30);
}

/** The same by another way: everything as whole numbers of 10^-40. */
const units = (text: string): bigint => {
  const [whole = "0", part = ""] = text.replace("-", "").split(".");
  const size = BigInt(whole + part.padEnd(40, "0"));
  return text.startsWith("-") ? -size : size;
};

describe("any two decimals", () => {
  const roll = chance(11);
  const pairs = Array.from({ length: TURNS }, () => [anyDecimal(roll), anyDecimal(roll)] as const);

  test("are read and written without losing a digit", () => {
    for (const [a] of pairs) expect(units(toText(parseDecimal(a)!))).toBe(units(a));
  });
  test("add, subtract and compare as whole numbers do", () => {
    for (const [a, b] of pairs) {
      expect(units(add(a, b))).toBe(units(a) + units(b));
      expect(units(subtract(a, b))).toBe(units(a) - units(b));
      expect(compare(a, b)).toBe(units(a) < units(b) ? -1 : units(a) > units(b) ? 1 : 0);
      expect(signOf(a)).toBe(units(a) === 0n ? 0 : units(a) < 0n ? -1 : 1);
      expect(units(negate(a))).toBe(-units(a));
    }
  });
  test("multiply exactly, and divide back within half of the last place", () => {
    for (const [a, b] of pairs) {
      const product = multiply(a, b);
      expect(parseDecimal(product)!.digits).toBe(parseDecimal(a)!.digits * parseDecimal(b)!.digits);
      const quotient = divide(product, b, 20);
      if (quotient === undefined) expect(signOf(b)).toBe(0);
      else {
        const error = units(quotient) - units(a);
        expect((error < 0n ? -error : error) * 2n <= 10n ** 20n).toBe(true);
      }
    }
  });
  test("round to the nearest, and never by more than half a place", () => {
    for (const [a] of pairs) {
      const error = units(round(a, 3)) - units(a);
      expect((error < 0n ? -error : error) * 2n <= 10n ** 37n).toBe(true);
      expect(round(a, 3).split(".")[1]).toHaveLength(3);
    }
  });
  test("are written with every digit that they have", () => {
    for (const [a] of pairs) expect(units(written(a).replace(/,/g, "").replace("\u2212", "-"))).toBe(units(a));
  });
});

test("ties go to the even neighbour, whatever the sign", () => {
  expect([round("0.5", 0), round("1.5", 0), round("2.5", 0), round("-2.5", 0), round("-3.5", 0)]).toEqual(["0", "2", "2", "-2", "-4"]);
  expect([round("0.125", 2), round("0.135", 2), round("0.1250000000000000000001", 2)]).toEqual(["0.12", "0.14", "0.13"]);
});

test("what binary floats cannot hold stays as it is", () => {
  expect(add("0.1", "0.2")).toBe("0.3");
  expect(written("123456789012345678901234567890.123456789")).toBe("123,456,789,012,345,678,901,234,567,890.123456789");
  expect(written("0.1", { places: 18 })).toBe("0.100000000000000000");
});

test("numbers are written for reading", () => {
  expect(written("-1234.5", { least: 2 })).toBe("\u22121,234.50");
  expect(written("1234.5", { signed: true, places: 1 })).toBe("+1,234.5");
  expect(written("-0.001", { places: 2, signed: true })).toBe("0.00"); // no sign where nothing is left to see
  expect(written("1e-7")).toBe("0.0000001");
  expect(written("<b>no number</b>")).toBe("<b>no number</b>");
  expect(trimmed("1.5000", 2)).toBe("1.50");
  expect(percentOf("0.012345")).toBe("1.23");
});

test("large numbers get a word", () => {
  expect(compact("999")).toBe("999");
  expect(compact("1234.5")).toBe("1.2 k");
  expect(compact("-12345678")).toBe("\u221212.3 M");
  expect(compact("123456789012")).toBe("123 B");
});

test("what is no decimal is not taken for one", () => {
  for (const text of ["", ".", "-", "1.2.3", "0x10", "1,5", "NaN", "Infinity", "1e99999", "\u0661"]) expect(parseDecimal(text)).toBeUndefined();
});
