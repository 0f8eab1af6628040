import { expect, test } from "vitest";
import { fullness } from "@/shared/ui/bar-of-use";
import { ruleTitle, shortOf, valueOf } from "./rules";
import { shareOf } from "./stress";

test("a limit keeps every digit, what is used of it is rounded for reading", () => {
  expect(valueOf("0.0000123456789", "base")).toBe("0.0000123456789");
  expect(valueOf("200000", "USDT")).toBe("200,000 USDT");
  expect(valueOf("50/1s", "orders")).toBe("50/1s");
  expect(shortOf("199.175213", "USDT")).toBe("199.18 USDT");
  expect(shortOf("0.00081620", "base")).toBe("0.000816");
  expect(shortOf("-0.5", "base")).toBe("\u22120.5");
});

test("a rule that is not known is shown as it is called", () => {
  expect(ruleTitle("max_gross")).toBe("Gross exposure");
  expect(ruleTitle("new_rule")).toBe("new_rule");
});

test.each([
  ["0", "free"],
  ["0.79", "free"],
  ["0.8", "near"],
  ["0.999999", "near"],
  ["1", "over"],
  ["12.5", "over"],
  ["-0.2", "free"],
  [null, undefined],
  ["x", undefined],
])("a share of %s is %s", (share, word) => expect(fullness(share)).toBe(word));

test("a result as a share of equity keeps its sign, and is nothing where one is not known", () => {
  expect(shareOf("-30", "1000")).toBe("-0.03000000");
  expect(shareOf("30", "1000")).toBe("0.03000000");
  expect(shareOf("-30", null)).toBeNull();
  expect(shareOf(null, "1000")).toBeNull();
  expect(shareOf("-30", "0")).toBeNull();
});
