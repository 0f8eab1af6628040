import { describe, expect, it } from "vitest";
import { span, stepsOf, titleOf, whole, type Event } from "./life-data";

const event = (seq: number, ts: number, name: string): Event => ({ seq, order_id: 7, ts, event: name, gate: "", passed: true, text: "", numbers: { price: "1" }, checks: [] });

describe("the life of an order", () => {
  it("is told oldest first, with the time since the step before", () => {
    const steps = stepsOf([event(9, 5_000_000, "sent"), event(7, 0, "received"), event(8, 40_000, "approved")]);
    expect(steps.map(({ title, after }) => [title, after])).toEqual([["Received", ""], ["Approved by risk", "40 µs"], ["Sent to the venue", "5.0 ms"]]);
    expect(whole(steps)).toBe("5.0 ms");
  });

  it("has words for records that are new here", () => {
    expect(titleOf("order_dreamt")).toBe("Order dreamt");
  });

  it("shows spans and moments as such, and no identifiers twice", () => {
    const [step] = stepsOf([{ ...event(1, 0, "measured"), numbers: { delay: "1500000", ack: "0", client_id: "x", slippage_bps: "-1.25", venue_ts: "1763719200000000000" } }]);
    expect(step?.numbers.map(([name, value]) => `${name} ${value}`)).toEqual(["until sent 1.5 ms", "slippage bps \u22121.25", expect.stringMatching(/^at the venue \d\d:00:00\.000/)]);
  });

  it("takes a cancelled order as ended, and a refused one as stopped", () => {
    expect(stepsOf([{ ...event(1, 0, "canceled"), passed: false }, { ...event(2, 0, "refused"), passed: false }]).map(({ passed }) => passed)).toEqual([true, false]);
  });

  it("never counts time backwards", () => {
    expect(span(-5)).toBe("0 µs");
    expect(span(61_000_000_000)).toBe("1 min");
  });
});
