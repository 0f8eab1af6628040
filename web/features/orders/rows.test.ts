import { describe, expect, it } from "vitest";
import type { Order } from "../markets/types";
import { matches, overlaid } from "./rows";

const order = (order_id: number, given: Partial<Order> = {}): Order => ({ order_id, updated: order_id, status: "accepted", symbol: "BTC/USDT", strategy: "manual", side: "buy", ...given }) as Order;
const ANY = { symbol: "", strategy: "", status: "", side: "", text: "" };

describe("the blotter", () => {
  it("takes newer rows of the stream and puts new orders on top", () => {
    const rows = overlaid([order(5), order(4)], [order(6), order(4, { status: "filled", updated: 9 }), order(7)]);
    expect(rows.map(({ order_id, status }) => [order_id, status])).toEqual([[7, "accepted"], [6, "accepted"], [5, "accepted"], [4, "filled"]]);
  });

  it("keeps what a page says when the stream is older", () => {
    expect(overlaid([order(4, { status: "filled", updated: 9 })], [order(4, { updated: 8 })])[0]?.status).toBe("filled");
  });

  it("does not put an order of the stream between pages that were not fetched yet", () => {
    expect(overlaid([order(5)], [order(2)]).map(({ order_id }) => order_id)).toEqual([5]);
  });

  it("narrows the stream as the server narrows its pages", () => {
    expect(matches(order(1), { ...ANY, status: "open" })).toBe(true);
    expect(matches(order(1, { status: "expired" }), { ...ANY, status: "open" })).toBe(false);
    expect(matches(order(1), { ...ANY, symbol: "ETH/USDT" })).toBe(false);
  });
});
