import { expect, test } from "vitest";
import { type Made, madeOf, startOfDay } from "./statements";

test("a day is its first nanosecond, exactly", () => {
  expect(startOfDay("1970-01-02")).toBe(86_400_000_000_000n);
  expect(startOfDay("2026-11-21")).toBe(1_795_219_200_000_000_000n);
});

test.each(["", "2026-13-01", "2026-02-30", "21.11.2026", "1969-12-31", "2026-1-1"])("%s is no day", (text) => expect(startOfDay(text)).toBeUndefined());

test("of a period that one counts that can be read or is on its way, the newest first", () => {
  const one = (id: string, state: Made["state"], kept: boolean, until_ns = 9) => ({ id, state, kept, since_ns: 1, until_ns }) as Made;
  const made = [one("4", "finished", false), one("3", "running", false, 7), one("2", "finished", true), one("1", "failed", false)];
  expect(madeOf(made, 1, 9)?.id).toBe("2");
  expect(madeOf(made, 1, 7)?.id).toBe("3");
  expect(madeOf(made, 2, 9)).toBeUndefined();
});

test("what was cancelled or failed hides neither what is kept nor what is on its way", () => {
  const one = (id: string, state: Made["state"], kept: boolean) => ({ id, state, kept, since_ns: 1, until_ns: 9 }) as Made;
  const kept = one("1", "finished", true);
  expect(madeOf([one("3", "cancelled", false), kept], 1, 9)?.id).toBe("1");
  expect(madeOf([one("4", "failed", false), one("3", "running", false), kept], 1, 9)?.id).toBe("3");
  expect(madeOf([one("4", "failed", false), one("2", "finished", false)], 1, 9)?.id).toBe("4");
});
