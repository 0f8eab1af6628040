import { describe, expect, it } from "vitest";
import { fillMarks, fitting, joined, openOf, placed, pointOf, signalMarks, summary } from "./chart-data";
import type { Candle, Fill, Order } from "./types";

const MINUTE = 60e9;
const candle = (minute: number, close = "1"): Candle => ({ symbol: "BTC/USDT", ts: minute * MINUTE, open: "1", high: "2", low: "0.5", close, volume: "3", trades: 4, closed: true });
const fill = (given: Partial<Fill>): Fill => ({ seq: 1, order_id: 1, ts: 0, venue_ts: 0, account: "main", user: "", strategy: "manual", symbol: "BTC/USDT", side: "buy", quantity: "0.5", price: "100", fee: "0", fee_currency: "USDT", trade_id: "1", maker: false, late: false, ...given });

describe("candles", () => {
  it("of history and of the stream are one row, and the stream's are newer", () => {
    expect(joined([candle(1), candle(2, "5")], [candle(2, "6"), candle(3)]).map(({ ts, close }) => [ts / MINUTE, close])).toEqual([[1, "1"], [2, "6"], [3, "1"]]);
    expect(joined([], [candle(1)])).toHaveLength(1);
    expect(joined([candle(1)], [candle(4)])).toHaveLength(2);
  });

  it("that the stream saw in part do not replace whole ones", () => {
    const part = { ...candle(2, "4"), trades: 1, closed: false };
    expect(joined([candle(1), candle(2, "5")], [part, candle(3)]).map(({ close }) => close)).toEqual(["1", "5", "1"]);
  });

  it("stand at whole seconds", () => {
    expect(pointOf(candle(2, "64213.5"))).toEqual({ time: 120, open: 1, high: 2, low: 0.5, close: 64213.5 });
    expect(openOf(1_763_719_999.9e9, "1m") % 60).toBe(0);
  });

  it("are short while the market is young", () => {
    const now = 1_763_719_200_000;
    const after = (seconds: number): string => fitting(now * 1e6 - seconds * 1e9, now);
    expect([after(20), after(400), after(1_000), after(4_000), after(90_000)]).toEqual(["1s", "5s", "15s", "1m", "1m"]);
    expect(fitting(0, now)).toBe("1s");
  });

  it("are summed up in words", () => {
    expect(summary("BTC/USDT", "1m", [candle(1), candle(2, "64000.5")])).toContain("2 candles of 1m");
    expect(summary("BTC/USDT", "1m", [])).toContain("no candles");
  });
});

describe("marks", () => {
  it("of several fills in one candle are one, with all of them in words", () => {
    const marks = fillMarks([fill({ ts: 61e9 }), fill({ ts: 80e9, seq: 2 }), fill({ ts: 130e9, side: "sell", strategy: "momentum" })], "1m");
    expect(marks.map(({ time, text }) => [time, text])).toEqual([[60, "B ×2"], [120, "S 0.5"]]);
    expect(marks[0]?.words.match(/Bought/g)).toHaveLength(2);
  });

  it("of signals are those of strategies, with their reason", () => {
    const order = { ts: 61e9, strategy: "momentum", parent: 0, side: "buy", quantity: "1", why: "rising three times in a row, all of them", order_id: 1 } as Order;
    const marks = signalMarks([order, { ...order, strategy: "manual" }, { ...order, parent: 4 }], "1m");
    expect(marks).toHaveLength(1);
    expect(marks[0]?.text.length).toBeLessThanOrEqual(24);
    expect(marks[0]?.words).toContain("all of them");
  });

  it("stay arrows without text where they would stand on one another", () => {
    const candles = Array.from({ length: 40 }, (_, minute) => candle(minute + 1));
    const marks = fillMarks(candles.map(({ ts }, seq) => fill({ ts, seq })), "1m");
    expect(placed(marks, candles).every(({ text, words }) => text === "" && words !== "")).toBe(true);
    expect(placed(marks.slice(0, 5), candles).every(({ text }) => text !== "")).toBe(true);
  });

  it("without a candle are left out", () => {
    const marks = fillMarks([fill({ ts: 61e9 }), fill({ ts: 600e9 })], "1m");
    expect(placed(marks, [candle(1), candle(2)]).map(({ time }) => time)).toEqual([60]);
  });
});
