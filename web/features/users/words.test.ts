import { expect, test } from "vitest";
import { listed, permissionWords, roleWords, wholeLink } from "./words";

test("a link is whole, whether the server gave a place or an address", () => {
  expect(wholeLink("/join#abc", "http://localhost:8000")).toBe("http://localhost:8000/join#abc");
  expect(wholeLink("https://desk.example/join#abc", "http://localhost")).toBe("https://desk.example/join#abc");
});

test("names are split by commas and blanks, each once", () => {
  expect(listed(" main, exchange:bot main,\n")).toEqual(["main", "exchange:bot"]);
});

test("what is not known keeps its own name", () => {
  expect([roleWords("risk_officer"), roleWords("new_role"), permissionWords("new:right")]).toEqual(["risk officer", "new_role", "new:right"]);
});
