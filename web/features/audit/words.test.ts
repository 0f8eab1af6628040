import { expect, test } from "vitest";
import { momentNs, stepsOf, wordsOf } from "./words";

test("an act is told in one line without what is empty", () => {
  expect(wordsOf({ symbol: "BTC/USDT", limit: "", side: "buy" })).toBe("symbol BTC/USDT · side buy");
});

test("a moment becomes nanoseconds, and what is none nothing", () => {
  expect(momentNs("2026-01-01T00:00Z")).toBe(1_767_225_600_000_000_000);
  expect(momentNs("")).toBeUndefined();
  expect(momentNs("soon")).toBeUndefined();
});

test("invariants stand in the order of their numbers, also the tenth behind the second", () => {
  const steps = stepsOf({ I10: "holds", I2: "violated", I17: "not in these files" });
  expect(steps.map(({ name, state }) => [name, state])).toEqual([
    ["I2", "violated"],
    ["I10", "holds"],
    ["I17", "unknown"],
  ]);
});
