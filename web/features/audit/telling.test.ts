import { expect, test } from "vitest";
import { tellingOf, titleOf } from "./telling";

test.each([
  ["kill", { scope: "all", source: "screen", reason: "kill switch of the screen", flatten: "False" }, "All orders, on the screen: kill switch of the screen"],
  ["kill", { scope: "symbol:BTC/USDT", source: "cli", reason: "", flatten: "True" }, "Orders in BTC/USDT, by the command line, positions closed as well"],
  ["kill", { scope: "strategy:mine", source: "pause", reason: "", flatten: "False" }, "Orders of mine, as a pause"],
  ["rearm", { scope: "all", reason: "it was a drill" }, "All orders may leave again: it was a drill"],
  ["sign in", { ways: "password totp" }, "with password and totp"],
  ["limits", { scope: "firm", version: "2", limits: '{"max_gross":"200000","price_collar":"0.05"}' }, "firm, version 2: max gross 200,000, price collar 0.05"],
  ["limits", { scope: "firm", version: "2", limits: "{broken" }, "firm, version 2: {broken"],
  ["order", { order: "k", symbol: "BTC/USDT", side: "buy", quantity: "0.0100", kind: "stop_limit", limit: "60000", strategy: "manual" }, "buy 0.01 BTC/USDT, stop-limit, at 60,000, by hand"],
  ["order", { order: "k", symbol: "BTC/USDT", side: "sell", quantity: "1", kind: "market", limit: "None", strategy: "mine" }, "sell 1 BTC/USDT, market, mine"],
  ["deposit", { ref: "opening:USDT", currency: "USDT", amount: "100000" }, "100,000 USDT: opening:USDT"],
  ["refused RearmKill", { text: "only a person re-arms" }, "only a person re-arms"],
  ["data download", { symbol: "BTC/USDT", as_of: "True" }, "symbol BTC/USDT · as of yes"],
])("the act %s is told in words", (what, about, told) => {
  expect(tellingOf({ what, about: about as unknown as Record<string, string> })).toBe(told);
});

test("an act has a name that people use, also one that is new here", () => {
  expect([titleOf("kill"), titleOf("refused RearmKill"), titleOf("refused Dream"), titleOf("data cancel")]).toEqual(["Stopped orders", "Was refused re-arming", "Was refused Dream", "Data cancel"]);
});
