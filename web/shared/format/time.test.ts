import { afterEach, describe, expect, test, vi } from "vitest";
import { chooseZone, writtenSpan, writtenTime, zoneName } from "./time";

const NS = 1_763_717_412_345 * 1e6; // 2025-11-21 09:30:12.345 UTC

describe("a moment", () => {
  afterEach(() => {
    chooseZone("");
  });

  test("always carries its zone", () => {
    chooseZone("UTC");
    expect(writtenTime(NS, "moment", { millis: true })).toBe("2025-11-21 09:30:12.345 UTC");
    expect(writtenTime(NS, "day")).toBe("2025-11-21 UTC");
    chooseZone("America/New_York");
    expect(writtenTime(NS, "minute")).toBe("2025-11-21 04:30 GMT-5");
    chooseZone("Asia/Kolkata");
    expect(writtenTime(NS, "time")).toBe("15:00:12 GMT+5:30");
  });

  test("keeps its zone when that has summer time", () => {
    chooseZone("Europe/Berlin");
    expect(writtenTime(Date.UTC(2025, 6, 1) * 1e6, "minute")).toBe("2025-07-01 02:00 CEST");
    expect(writtenTime(Date.UTC(2025, 0, 1) * 1e6, "minute")).toBe("2025-01-01 01:00 CET");
  });

  test("asks the browser for its own zone once, however many times are drawn", () => {
    const ask = vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions");
    const first = zoneName();
    for (let n = 0; n < 100; n += 1) expect(zoneName()).toBe(first);
    expect(ask.mock.calls.length).toBeLessThan(2);
    ask.mockRestore();
  });

  test("is the same whatever was written before it", () => {
    chooseZone("UTC");
    expect([NS, NS + 1e9, NS, -1e6].map((ns) => writtenTime(ns, "time", { millis: true }))).toEqual(["09:30:12.345 UTC", "09:30:13.345 UTC", "09:30:12.345 UTC", "23:59:59.999 UTC"]);
    expect(writtenTime(NS, "day")).toBe("2025-11-21 UTC");
    chooseZone("Asia/Kolkata");
    expect(writtenTime(NS, "day")).toBe("2025-11-21 GMT+5:30");
  });

  test("that is none shows a dash", () => {
    for (const none of [0, null, undefined, Number.NaN, 1e40]) expect(writtenTime(none)).toBe("\u2013");
  });

  test("is not put into a zone that does not exist", () => {
    expect(chooseZone("Mars/Olympus")).toBe(false);
    expect(chooseZone("UTC")).toBe(true);
  });
});

test("spans are said as people say them", () => {
  expect([0, 820, 1_000, 59_999, 60_000, 12_000_000, 187_200_000].map(writtenSpan)).toEqual(["0 ms", "820 ms", "1 s", "59 s", "1 min", "3 h 20 min", "2 d 4 h"]);
});
