import { expect, test } from "vitest";
import { startOfDay } from "./statements";

test("a day is its first nanosecond, exactly", () => {
  expect(startOfDay("1970-01-02")).toBe(86_400_000_000_000n);
  expect(startOfDay("2026-11-21")).toBe(1_795_219_200_000_000_000n);
});

test.each(["", "2026-13-01", "2026-02-30", "21.11.2026", "1969-12-31", "2026-1-1"])("%s is no day", (text) => expect(startOfDay(text)).toBeUndefined());
