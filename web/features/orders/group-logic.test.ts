import { describe, expect, it } from "vitest";
import { gridFaults, gridGap, gridPlan, ladderFaults, ladderPlan, ladderTotal, type GridForm, type LadderForm } from "./group-logic";

const GRID: GridForm = { symbol: "BTC/USDT", low: "100", high: "110", levels: "5", quantity: "0.10", spacing: "arithmetic", start: "both" };
const LADDER: LadderForm = { symbol: "BTC/USDT", side: "buy", quantity: "0.1", limit: "", safety_orders: "2", safety_quantity: "", deviation: "1", gap_scale: "1", quantity_scale: "1.5", take: "0.5", stop: "", rounds: "1" };

describe("groups", () => {
  it("name what is wrong at its field", () => {
    expect(gridFaults({ ...GRID, high: "100", levels: "1", quantity: "x" })).toMatchObject({ high: "it must be above the lowest price", levels: "a whole number from 2 to 201", quantity: "write a number with a point and without separators, such as 0.01" });
    expect(Object.values(gridFaults(GRID)).filter(Boolean)).toEqual([]);
    expect(ladderFaults({ ...LADDER, safety_orders: "51", take: "-1" })).toMatchObject({ safety_orders: "a whole number from 0 to 50", take: "it must be above zero" });
  });

  it("send amounts as they were typed and leave out what is empty", () => {
    expect(gridPlan(GRID)).toMatchObject({ form: "grid", levels: 5, quantity: "0.10" });
    expect(ladderPlan(LADDER)).not.toHaveProperty("limit");
    expect(ladderPlan({ ...LADDER, stop: "90" })).toMatchObject({ stop: "90", safety_orders: 2 });
  });

  it("say what they come to, exactly", () => {
    expect(ladderTotal(LADDER)).toBe("0.35"); // 0.1 + 0.1 + 0.15
    expect(gridGap(GRID)).toBe("2.50000000");
    expect(ladderTotal({ ...LADDER, quantity: "" })).toBeUndefined();
  });
});
