import { describe, expect, it } from "vitest";
import type { Order } from "../markets/types";
import { protectionOf } from "./protection";

const order = (given: Partial<Order>): Order => ({ order_id: 9, status: "held", role: "stop", parent: 7, symbol: "BTC/USDT", strategy: "manual", ...given }) as Order;

describe("an order that protects", () => {
  it("says what it guards, that another follows it, and where its protection ends", () => {
    const found = protectionOf(order({}));
    expect(found?.guards).toBe("This stop protects what order 7 opened in BTC/USDT.");
    expect(found?.follows).toContain("takes its place at once");
    expect(found?.rid).toContain("close that position");
    expect(found?.href).toBe("/markets?symbol=BTC%2FUSDT");
  });

  it("sends those who look for a strategy's protection to the strategy", () => {
    expect(protectionOf(order({ strategy: "my-idea", role: "take" }))?.href).toBe("/strategies?id=my-idea");
    expect(protectionOf(order({ strategy: "my-idea", parent: 0 }))?.follows).toContain("my-idea placed it");
  });

  it("is neither a plain order nor one that has ended", () => {
    expect(protectionOf(order({ role: "plain" }))).toBeUndefined();
    expect(protectionOf(order({ status: "canceled" }))).toBeUndefined();
  });
});
