import { expect, test } from "vitest";
import { isDoor, nextPlace } from "./doors";
import { emailProblem, nameProblem, passwordProblem, strengthOf } from "./rules";

test("after signing in one lands on this site, whatever the address asks for", () => {
  expect(nextPlace("?next=%2Forders%3Fid%3D12")).toBe("/orders?id=12");
  for (const wanted of ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/signin?next=/", ""]) expect(nextPlace(`?next=${encodeURIComponent(wanted)}`)).toBe("/");
});

test("doors are known by their whole name", () => {
  expect([isDoor("/signin"), isDoor("/join"), isDoor("/signing"), isDoor("/")]).toEqual([true, true, false, false]);
});

test("names, addresses and passwords are judged as the server judges them", () => {
  expect([nameProblem("ann.b-2"), nameProblem("Ann"), emailProblem("a@b.example")]).toEqual([undefined, undefined, undefined]);
  for (const name of ["", "-ann", "ann-", "<b>", "a".repeat(41), "\u05d0"]) expect(nameProblem(name)).toBeDefined();
  for (const address of ["", "a@b", "a b@c.example", "a@b@c.example"]) expect(emailProblem(address)).toBeDefined();
  expect(passwordProblem("elevenchars")).toContain("11 now");
  expect(passwordProblem("\u{1f99c}".repeat(12))).toBeUndefined();
});

test("strength is said in words, and a long weak password is weak", () => {
  expect(strengthOf("aaaaaaaaaaaaaaaaaaaaaa", [])?.tone).toBe("loss");
  expect(strengthOf("passwordpasswordpassword", [])?.tone).toBe("loss");
  expect(strengthOf("annabelle-rides-far-away", ["annabelle"])?.tone).toBe("loss");
  expect(strengthOf("violet tractor under ninety clouds", [])?.tone).toBe("gain");
});
