import { describe, expect, it } from "vitest";
import { changed, filled, stepOf, stepped, wrongs, wrongWith, type Parameter } from "./parameters";

const base: Parameter = { name: "fast", kind: "int", default: "10", low: "5", high: "50", step: "", choices: [], expected: "int from 5 to 50" };
const share: Parameter = { ...base, name: "share", kind: "float", default: "0.1", low: "0.01", high: "0.5", expected: "float from 0.01 to 0.5" };

describe("a parameter's value", () => {
  it("is refused in the server's words when it is out of its range", () => {
    expect(wrongWith(base, "99")).toBe("fast=99 is out of its range; expected: int from 5 to 50");
    expect(wrongWith(base, "50")).toBeUndefined();
    expect(wrongWith(base, "5")).toBeUndefined();
    expect(wrongWith(base, "4.999999999999999999999999")).toMatch(/is not int/);
  });

  it("is compared exactly, however many digits it has", () => {
    expect(wrongWith(share, "0.50000000000000000000000001")).toMatch(/out of its range/);
    expect(wrongWith(share, "0.5")).toBeUndefined();
  });

  it("is no number when it is empty, a word, or markup", () => {
    for (const text of ["", "ten", "<b>1</b>", "1e", "--1"]) expect(wrongWith(share, text)).toMatch(/is not float/);
  });

  it("is one of the choices where there are some", () => {
    const side: Parameter = { ...base, name: "side", kind: "str", choices: ["long", "short"], expected: "one of 'long', 'short'" };
    expect(wrongWith(side, "long")).toBeUndefined();
    expect(wrongWith(side, "flat")).toMatch(/out of its range/);
  });
});

describe("a step", () => {
  it("is the declared one, one for whole numbers, and about a hundredth of a range of others", () => {
    expect(stepOf({ ...base, step: "5" })).toBe("5");
    expect(stepOf(base)).toBe("1");
    expect(stepOf(share)).toBe("0.002");
    expect(stepOf({ ...share, low: "0.1", high: "600" })).toBe("5");
  });

  it("stays exact and within the range", () => {
    expect(stepped(share, "0.1", true)).toBe("0.102");
    expect(stepped({ ...share, step: "0.1" }, "0.2", true)).toBe("0.3");
    expect(stepped(base, "50", true)).toBe("50");
    expect(stepped(base, "5", false)).toBe("5");
    expect(stepped(base, "x", true)).toBe("10");
  });
});

describe("what is sent", () => {
  it("is only what differs from the class, also where it is written otherwise", () => {
    expect(changed([base, share], { fast: "10", share: "0.10" })).toEqual({});
    expect(changed([base, share], { fast: "12", share: "0.1" })).toEqual({ fast: "12" });
  });

  it("is checked whole", () => {
    expect(wrongs([base, share], filled([base, share], { fast: "1" }))).toEqual({ fast: "fast=1 is out of its range; expected: int from 5 to 50" });
  });
});
