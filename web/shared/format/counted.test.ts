import { expect, test } from "vitest";
import { counted } from "./counted";

test.each([
  [0, "orders", "0 orders"],
  [1, "open orders", "1 open order"],
  [1, "balances", "1 balance"],
  [1, "strategies", "1 strategy"],
  [1, "series", "1 series"],
  [1, "people", "1 person"],
  [2_000, "open orders", "2,000 open orders"],
])("%d of %s are %s", (count, things, said) => {
  expect(counted(count, things)).toBe(said);
});
