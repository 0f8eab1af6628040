import { expect, test } from "vitest";
import { base64Of, bytesOf, dayNs } from "./sizes";

test("sizes are told in the unit that fits", () => {
  expect([0, 1023, 1024, 1536, 150 * 1024, 6 * 1024 ** 2, 3 * 1024 ** 4].map(bytesOf)).toEqual(["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "150 KiB", "6.0 MiB", "3.0 TiB"]);
});

test("a large file becomes base64 whole", () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, at) => at % 256);
  const back = atob(base64Of(bytes));
  expect(back).toHaveLength(bytes.length);
  expect(bytes.every((byte, at) => back.charCodeAt(at) === byte)).toBe(true);
});

test("a day is midnight UTC, and what is no day is nothing", () => {
  expect(dayNs("2024-01-01")).toBe(1_704_067_200_000_000_000);
  expect(["", "2024-13-01", "yesterday", "2024-01-01T05:00"].map(dayNs)).toEqual([undefined, undefined, undefined, undefined]);
});
