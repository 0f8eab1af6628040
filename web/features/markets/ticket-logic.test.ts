import { describe, expect, it } from "vitest";
import { BLANK, down, faults, IntentKey, orderOf, quantityOf, verb, type Terms, type Ticket } from "./ticket-logic";

const TERMS: Terms = { symbol: "BTC/USDT", base: "BTC", quote: "USDT", tick: "0.01", lot: "0.00001", min_quantity: "0.0001", max_quantity: "900", min_notional: "5", bid: "64213.49", ask: "64213.5" };
const NOW = Date.parse("2026-11-21T10:00:00Z");
const ticket = (given: Partial<Ticket>): Ticket => ({ ...BLANK, kind: "limit", ...given });

describe("quantities", () => {
  it("keep every digit that was typed", () => {
    expect(quantityOf(ticket({ amount: "0.10" }), TERMS)).toBe("0.1");
    expect(quantityOf(ticket({ amount: "123456789012.00001" }), TERMS)).toBe("123456789012.00001");
  });

  it("of quote money are whole lots that cost no more than was meant", () => {
    const bought = quantityOf(ticket({ kind: "market", amount: "1000", unit: "quote" }), TERMS);
    expect(bought).toBe("0.01557"); // 1000 / 64213.5 = 0.015573049...
    expect(quantityOf(ticket({ amount: "1", unit: "quote", limit: "3" }), { ...TERMS, lot: "0.000000000000000001" })).toBe("0.333333333333333333");
  });

  it("of quote money use the bid when selling and the limit when there is one", () => {
    expect(quantityOf(ticket({ kind: "market", side: "sell", amount: "100", unit: "quote" }), { ...TERMS, bid: "50", ask: "100" })).toBe("2");
    expect(quantityOf(ticket({ amount: "100", unit: "quote", limit: "25" }), TERMS)).toBe("4");
  });

  it("cannot be said without a price", () => {
    expect(faults(ticket({ kind: "market", amount: "100", unit: "quote" }), { ...TERMS, ask: null }, NOW).amount).toContain("no price");
  });

  it("go down to the step, exactly", () => {
    expect(down("0.30000000000000004", "0.1")).toBe("0.30000000000000000");
    expect(down("7", "0.25")).toBe("7.00");
  });
});

describe("faults", () => {
  it("say what the server says", () => {
    const found = faults(ticket({ amount: "0.000005", limit: "64213.501" }), TERMS, NOW);
    expect(found.amount).toBe("quantity 0.000005 does not fit the lot of BTC/USDT; expected: a multiple of 0.00001; fix: for example 0.0001");
    expect(found.limit).toBe("limit 64213.501 is off the tick of BTC/USDT; expected: a multiple of 0.01; fix: for example 64213.5");
  });

  it("know both sides of protection", () => {
    expect(faults(ticket({ amount: "1", limit: "100", stop: "110" }), TERMS, NOW).stop).toBe("stop 110 is on the wrong side of 100; expected: a price below it for a buy; fix: give a stop below the entry");
    expect(faults(ticket({ side: "sell", amount: "1", limit: "100", stop: "110", take: "90" }), TERMS, NOW)).toEqual({});
    expect(faults(ticket({ amount: "1", limit: "100", take: "100" }), TERMS, NOW).take).toContain("above it for a buy");
  });

  it.each(["", "abc", "1,5x", "--1", "NaN", "Infinity", "٣"])("refuse %j as an amount", (amount) => {
    expect(faults(ticket({ amount, limit: "100" }), TERMS, NOW).amount).toBeDefined();
    expect(orderOf(ticket({ amount, limit: "100" }), TERMS, NOW)).toBeUndefined();
  });

  it("hold for huge, negative and zero amounts", () => {
    expect(faults(ticket({ amount: "1e14", limit: "100" }), TERMS, NOW).amount).toContain("too large");
    expect(faults(ticket({ amount: "1e400", limit: "100" }), TERMS, NOW).amount).toBe("write a number of at most 33 digits");
    expect(faults(ticket({ amount: "1", limit: "1e400" }), TERMS, NOW).limit).toBe("write a number of at most 33 digits");
    expect(faults(ticket({ amount: "-1", limit: "100" }), TERMS, NOW).amount).toBe("write a number above 0");
    expect(faults(ticket({ amount: "0", limit: "100" }), TERMS, NOW).amount).toBe("write a number above 0");
  });

  it("are not spelt out on the button", () => {
    for (const amount of ["1e400", "-1", "0", "abc", "0,01"]) expect(verb(ticket({ amount, limit: "100" }), TERMS)).toBe(`Buy ${TERMS.base}`);
    expect(verb(ticket({ amount: "1.50", limit: "100" }), TERMS)).toBe(`Buy 1.5 ${TERMS.base}`);
  });

  it("of triggers are said where the market has passed them for sure", () => {
    const passed = (kind: Ticket["kind"], side: Ticket["side"], trigger: string) => faults(ticket({ kind, side, amount: "1", limit: "64213.5", trigger }), TERMS, NOW).trigger;
    expect(passed("stop", "sell", "70000")).toBe("trigger 70000 would go off at once; expected: a price below 64213.5, so that it waits; fix: give a trigger below the market");
    expect([passed("stop", "sell", "64213.49"), passed("stop_limit", "buy", "64213.5"), passed("touch", "buy", "60000"), passed("touch_limit", "sell", "70000")]).toEqual([undefined, undefined, undefined, undefined]);
    for (const [kind, side, trigger] of [["stop", "buy", "64213.49"], ["touch", "buy", "64213.5"], ["touch_limit", "sell", "64213.49"], ["stop_limit", "sell", "64213.5"]] as const) expect(passed(kind, side, trigger)).toContain("would go off at once");
    expect(faults(ticket({ kind: "stop", side: "sell", amount: "1", trigger: "70000" }), { ...TERMS, bid: null, ask: null }, NOW)).toEqual({});
  });

  it("look only at what the kind uses", () => {
    expect(faults(ticket({ kind: "market", amount: "1", limit: "nonsense", trail: "-3" }), TERMS, NOW)).toEqual({});
    expect(faults(ticket({ kind: "trailing", amount: "1", trail: "100" }), TERMS, NOW).trail).toContain("less than 100 percent");
    expect(faults(ticket({ kind: "twap", amount: "1", minutes: "0" }), TERMS, NOW).minutes).toBeDefined();
    expect(faults(ticket({ amount: "1", limit: "100", tif: "gtd", until: "2026-11-21T09:00:00Z" }), TERMS, NOW).until).toContain("passed");
  });
});

describe("orders", () => {
  it("hold what the kind needs and nothing else", () => {
    expect(orderOf(ticket({ kind: "stop_limit", amount: "0.5", limit: "101.00", trigger: "100", postOnly: true, stop: "90" }), { ...TERMS, bid: "99", ask: "99.5" }, NOW)).toEqual({ symbol: "BTC/USDT", side: "buy", kind: "stop_limit", quantity: "0.5", tif: "gtc", limit: "101", trigger: "100", stop: "90" });
    expect(orderOf(ticket({ kind: "pov", amount: "1", participation: "12.5", tif: "fok" }), TERMS, NOW)).toMatchObject({ tif: "gtc", participation: "0.125" });
    expect(orderOf(ticket({ kind: "twap", amount: "1", minutes: "10", slices: "5" }), TERMS, NOW)).toMatchObject({ duration: 600_000_000_000, slices: 5 });
  });

  it("that only reduce carry no protection", () => {
    const order = orderOf(ticket({ amount: "1", limit: "100", stop: "90", reduceOnly: true }), TERMS, NOW);
    expect(order?.reduce_only).toBe(true);
    expect(order).not.toHaveProperty("stop");
  });
});

describe("keys", () => {
  it("stay for one intent and are new once it is settled or changed", () => {
    let made = 0;
    const keys = new IntentKey(() => String((made += 1)));
    const order = orderOf(ticket({ amount: "1", limit: "100" }), TERMS, NOW);
    const other = orderOf(ticket({ amount: "2", limit: "100" }), TERMS, NOW);
    if (!order || !other) throw new Error("both are orders");
    expect([keys.of(order), keys.of({ ...order })]).toEqual(["1", "1"]);
    expect(keys.of(other)).toBe("2");
    keys.settled();
    expect(keys.of(other)).toBe("3");
  });
});
