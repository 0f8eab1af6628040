import { expect, test } from "vitest";
import { bytesOf, sameKey } from "./push";

test("a key is read from base64url, and known again by its bytes", () => {
  const key = "BP-_AQ";
  expect([...bytesOf(key)]).toEqual([4, 255, 191, 1]);
  expect(sameKey(Uint8Array.from([4, 255, 191, 1]).buffer, key)).toBe(true);
  expect(sameKey(Uint8Array.from([4, 255, 191, 2]).buffer, key)).toBe(false);
  expect(sameKey(null, key)).toBe(false);
});
