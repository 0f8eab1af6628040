import { expect, test } from "vitest";
import { NO_NUMBER, amountFault, numberFault, typedNumber } from "./typed";

test.each(["0,01", "1,000", "1 000", "1_000", "1.000,5", "abc"])("what is typed never becomes another number: %s", (typed) => {
  expect(typedNumber(typed)).toBe(typed);
  expect(numberFault(typed)).toBe(NO_NUMBER);
});

test("a number may stand between spaces", () => {
  expect(typedNumber(" 0.01 ")).toBe("0.01");
  expect(numberFault("0.01")).toBeUndefined();
  expect(numberFault("")).toBeUndefined();
});

// The same cases stand in tests/unit/gateway/rest/test_words.py.
test.each([
  ["abc", NO_NUMBER],
  ["", NO_NUMBER],
  ["0,5", NO_NUMBER],
  ["0", "write a number above 0"],
  ["-1", "write a number above 0"],
  ["1e99", "write a number of at most 33 digits"],
  ["1e400", "write a number of at most 33 digits"],
  ["1e15", "write at most 15 digits before the point"],
  ["0.0000000000000000001", "write at most 18 places after the point"],
  ["999999999999999.123456789012345678", undefined],
  ["0.000000000000000001", undefined],
])("an amount is refused as the server refuses it: %s", (typed, said) => {
  expect(amountFault(typed)).toBe(said);
});
