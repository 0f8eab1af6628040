import { describe, expect, it } from "vitest";
import type { Order } from "../markets/types";
import { amendment, changeFaults, changeOf, fieldsOf, movesTrigger, successor, triggerStays } from "./change-logic";

const order = (given: Partial<Order> = {}): Order =>
  ({ order_id: 9, status: "held", kind: "stop_limit", role: "plain", parent: 0, group_id: 0, symbol: "BTC/USDT", side: "sell", strategy: "manual", tif: "gtc", quantity: "0.0300", filled: "0.01", limit: "57900", trigger: "58000", stop: null, take: null, reduce_only: true, ...given }) as Order;

describe("a change of an order", () => {
  it("asks for what the order's kind has", () => {
    expect(fieldsOf(order({ kind: "stop" }))).toEqual({ limit: false, trigger: true });
    expect(fieldsOf(order())).toEqual({ limit: true, trigger: true });
    expect(fieldsOf(order({ kind: "limit" }))).toEqual({ limit: true, trigger: false });
    expect(fieldsOf(order({ kind: "trailing" }))).toEqual({ limit: false, trigger: false });
  });

  it("is sent in place where only quantity or limit differ", () => {
    const values = { ...changeOf(order()), quantity: "0.04", limit: "57900.0" };
    expect(movesTrigger(order(), values)).toBe(false);
    expect(amendment(order(), values)).toEqual({ quantity: "0.04" });
    expect(amendment(order(), changeOf(order()))).toEqual({});
  });

  it("is another order of what is left where the trigger differs", () => {
    const values = { ...changeOf(order()), trigger: "59000" };
    expect(movesTrigger(order(), values)).toBe(true);
    expect(successor(order(), values)).toEqual({ symbol: "BTC/USDT", side: "sell", kind: "stop_limit", tif: "gtc", quantity: "0.02", trigger: "59000", limit: "57900", reduce_only: true });
    expect(successor(order({ filled: "0.03" }), values)).toBeUndefined();
  });

  it("says why a trigger is not this person's to move", () => {
    expect(triggerStays(order())).toBeUndefined();
    expect(triggerStays(order({ parent: 7, role: "stop" }))).toContain("order 7");
    expect(triggerStays(order({ strategy: "my-idea" }))).toContain("my-idea");
    expect(triggerStays(order({ group_id: 4 }))).toContain("group 4");
    expect(triggerStays(order({ tif: "gtd" }))).toContain("ticket");
  });

  it("names what is wrong", () => {
    expect(changeFaults(order(), { quantity: "0.01", limit: "0", trigger: "" })).toEqual({
      quantity: "0.01 is filled already: ask for more than that, or cancel it",
      limit: "write a number above 0",
      trigger: "trigger is missing",
    });
    expect(changeFaults(order({ kind: "market" }), { quantity: "1", limit: "", trigger: "" })).toEqual({});
  });
});
