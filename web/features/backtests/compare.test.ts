import { describe, expect, it } from "vitest";
import { merged } from "./compare";

describe("curves of several runs over one axis", () => {
  it("keep their last value between their points, and have none before their first or behind their last", () => {
    const found = merged({
      runs: [{ strategy: "A" }, { strategy: "B" }] as never,
      curves: [
        { id: "a", ts: [1, 3, 5], growth: [0, 0.1, 0.2] },
        { id: "b", ts: [2, 4], growth: [0.5, 0.6] },
      ],
    });
    expect(found.times).toEqual([1, 2, 3, 4, 5]);
    expect(found.lines[0]?.values).toEqual([0, 0, 10, 10, 20]);
    expect(found.lines[1]?.values).toEqual([null, 50, 50, 60, null]);
  });
});
