import { expect, test } from "vitest";
import { listed, permissionWords, programWords, roleWords, wholeLink } from "./words";

test("a link is whole, whether the server gave a place or an address", () => {
  expect(wholeLink("/join#abc", "http://localhost:8000")).toBe("http://localhost:8000/join#abc");
  expect(wholeLink("https://desk.example/join#abc", "http://localhost")).toBe("https://desk.example/join#abc");
});

test("names are split by commas and blanks, each once", () => {
  expect(listed(" main, exchange:bot main,\n")).toEqual(["main", "exchange:bot"]);
});

test("a browser is known by its name, what is none by its own words", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
  const safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1";
  expect([chrome, safari, "curl/8.5", ""].map(programWords)).toEqual(["Chrome on Linux", "Safari on iPhone", "curl/8.5", "a program"]);
});

test("what is not known keeps its own name", () => {
  expect([roleWords("risk_officer"), roleWords("new_role"), permissionWords("new:right")]).toEqual(["risk officer", "new_role", "new:right"]);
});
