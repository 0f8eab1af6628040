import { describe, expect, it } from "vitest";
import { deeds, gained, held, isOpen, joined, midnight, type Mark, type Order } from "./rows";

const mark = (ts: number, equity: string, deposits = "100"): Mark => ({ seq: ts, ts, equity, deposits, currency: "USDT" });
const order = (more: Partial<Order>): Order => ({ order_id: 1, ts: 1, updated: 1, strategy: "s", symbol: "BTC/USDT", side: "buy", kind: "limit", status: "accepted", quantity: "2", filled: "0", average: null, limit: "10", trigger: null, reason: "", why: "", ...more });

describe("what was gained today", () => {
  it("leaves out what was paid in meanwhile, exactly", () => {
    expect(gained("250.3", "200", mark(1, "100.1"))).toBe("50.2");
    expect(gained("0.1", "0.3", mark(1, "0", "0"))).toBe("-0.2");
  });
});

describe("the diary", () => {
  it("tells orders and what was stopped, newest first, in words", () => {
    const rows = deeds(
      [order({ updated: 5, why: "it crossed" }), order({ order_id: 2, updated: 9, status: "filled", average: "9.5" }), order({ order_id: 3, updated: 7, status: "refused", reason: "too much" }), order({ order_id: 4, updated: 99, strategy: "" })],
      [
        { seq: 1, ts: 8, strategy: "s", symbol: "BTC/USDT", order_id: 0, gate: "size", passed: false, text: "too small" },
        { seq: 2, ts: 10, strategy: "s", symbol: "", order_id: 0, gate: "size", passed: true, text: "fine" },
      ],
      3,
    );
    expect(rows.map(({ text, why, good }) => [text, why, good])).toEqual([
      ["bought 2 BTC/USDT at 9.5", "", true],
      ["size stopped it on BTC/USDT", "too small", false],
      ["buy 2 BTC/USDT: refused", "too much", false],
    ]);
  });
  it("knows which orders are open", () => {
    expect(["accepted", "held", "unknown", "filled", "canceled"].map((status) => isOpen(order({ status })))).toEqual([true, true, true, false, false]);
  });
});

describe("the curve", () => {
  it("goes on with what the stream brings and what the page saw, each moment once", () => {
    const seen = [{ ts: 2.5, equity: "2.5" }, { ts: 3, equity: "3" }, { ts: 4, equity: "4" }, { ts: 4, equity: "4" }];
    const rows = joined([mark(1, "1"), mark(2, "2")], [mark(2, "2"), mark(3, "3")], seen);
    expect(rows.map(({ ts, equity }) => [ts, equity])).toEqual([[1, "1"], [2, "2"], [2.5, "2.5"], [3, "3"], [4, "4"]]);
    expect(joined([], [], [])).toEqual([]);
  });
});

describe("positions", () => {
  it("are the account's own that hold something, and their gains add up exactly", () => {
    const one = { strategy: "", symbol: "B", quantity: "1", average: "1", mark: "1", unrealised: "0.1", realised: "0", currency: "USDT" };
    const found = held([one, { ...one, symbol: "A", unrealised: "0.2" }, { ...one, strategy: "s" }, { ...one, symbol: "C", quantity: "0.00" }, { ...one, symbol: "D", unrealised: null }]);
    expect(found.rows.map(({ symbol }) => symbol)).toEqual(["A", "B", "D"]);
    expect(found.unrealised).toBe("0.3");
  });
});

describe("today", () => {
  it("begins at midnight of the zone", () => {
    const now = Date.UTC(2026, 10, 21, 3, 30, 15);
    expect(midnight(now, "UTC")).toBe(Date.UTC(2026, 10, 21) * 1e6);
    expect(midnight(now, "America/New_York")).toBe(Date.UTC(2026, 10, 20, 5) * 1e6);
    expect(midnight(now, "Asia/Kolkata")).toBe(Date.UTC(2026, 10, 20, 18, 30) * 1e6);
  });
});
