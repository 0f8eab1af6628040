import { describe, expect, it } from "vitest";
import { logOf } from "./decision-log";

const order = { order_id: 7, ts: 20, role: "plain", parent: 0, side: "buy", quantity: "0.0100", symbol: "BTC/USDT", why: "fast above slow", status: "filled", reason: "" };
const decision = { seq: 3, ts: 10, gate: "strategy", passed: true, text: "warming up", order_id: 0 };
const activity = { seq: 1, ts: 5, level: "info", text: "started", by: "ann" };

describe("the decision log", () => {
  it("puts orders, notes and starts into one line of time, newest first", () => {
    const lines = logOf([order as never], [decision as never], [activity as never]);
    expect(lines.map(({ text }) => text)).toEqual(["buy 0.01 BTC/USDT: fast above slow", "warming up", "started (by ann)"]);
  });

  it("leaves out orders that only protect, and children of others", () => {
    expect(logOf([{ ...order, role: "stop" } as never, { ...order, parent: 3 } as never], [], [])).toEqual([]);
  });

  it("says why an order was refused", () => {
    const [line] = logOf([{ ...order, status: "refused", reason: "more than the limit" } as never], [], []);
    expect(line).toMatchObject({ outcome: "refused: more than the limit", tone: "warn" });
  });
});
