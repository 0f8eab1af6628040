import { expect, test } from "vitest";
import { NO_NUMBER, numberFault, typedNumber } from "./typed";

test.each(["0,01", "1,000", "1 000", "1_000", "1.000,5", "abc"])("what is typed never becomes another number: %s", (typed) => {
  expect(typedNumber(typed)).toBe(typed);
  expect(numberFault(typed)).toBe(NO_NUMBER);
});

test("a number may stand between spaces", () => {
  expect(typedNumber(" 0.01 ")).toBe("0.01");
  expect(numberFault("0.01")).toBeUndefined();
  expect(numberFault("")).toBeUndefined();
});
