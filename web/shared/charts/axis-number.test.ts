import { expect, test } from "vitest";
import { axisNumber } from "./axis-number";

test("a label has the places of its steps", () => {
  const said = (splits: readonly number[]): string[] => splits.map((split) => axisNumber(split, splits));
  expect(said([99_999.9, 99_999.925, 99_999.95, 99_999.975, 100_000])).toEqual(["99,999.9", "99,999.925", "99,999.95", "99,999.975", "100,000"]);
  expect(said([0, 2.5, 5])).toEqual(["0", "2.5", "5"]);
  expect(said([99_999.8, 99_999.9])).toEqual(["99,999.8", "99,999.9"]);
  expect(said([100, 200])).toEqual(["100", "200"]);
  expect(said([1_000_000, 2_000_000])[1]).not.toContain("000,000");
});
