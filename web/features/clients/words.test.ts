import { expect, test } from "vitest";
import { accountProblem, amountProblem, contactProblem } from "./words";
import { earned } from "./clients";

test.each(["0.00000001", "1", "48499.75", "+3"])("%s is an amount", (amount) => expect(amountProblem(amount)).toBeUndefined());

test.each(["", "0", "-1", "x", "1e3x", "0.000000001", "NaN"])("%s is none", (amount) => expect(amountProblem(amount)).toBeDefined());

test("what leaves is at most what is free, to the last digit", () => {
  expect(amountProblem("48499.75", "48499.75")).toBeUndefined();
  expect(amountProblem("48499.75000001", "48499.75")).toContain("48499.75");
  expect(amountProblem("100000000000000000001", "100000000000000000000")).toBeDefined();
});

test.each([
  ["zoe-1", true],
  ["Z.o_e", true],
  ["-zoe", false],
  ["zoe 1", false],
  ["", false],
  ["a".repeat(41), false],
])("%s as the name of an account: %s", (name, right) => expect(accountProblem(name) === undefined).toBe(right));

test("contact is checked as the server does", () => {
  expect(contactProblem("", "")).toEqual({ email: undefined, phone: undefined });
  expect(contactProblem("zoe@", "+1 (555)").email).toBeDefined();
  expect(contactProblem("z@e", "call me").phone).toBeDefined();
});

test("fees are added up exactly by asset, and zeros are left out", () => {
  const account = (fees: Record<string, string>) => ({ fees }) as unknown as Parameters<typeof earned>[0][number];
  expect(earned([account({ BTC: "0.1", USDT: "0" }), account({ BTC: "0.2", ETH: "-0.5" })])).toEqual([
    ["BTC", "0.3"],
    ["ETH", "-0.5"],
  ]);
});
