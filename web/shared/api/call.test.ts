import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { addressOf, call, setCsrf, setGate } from "./call";
import { Problem } from "./problem";

const answers: Response[] = [];
const asked: { address: string; init: RequestInit }[] = [];

beforeEach(() => {
  answers.length = asked.length = 0;
  vi.stubGlobal("fetch", (address: string, init: RequestInit) => {
    asked.push({ address, init });
    const next = answers.shift();
    return next ? Promise.resolve(next) : Promise.reject(new TypeError("network"));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  setGate(undefined);
  setCsrf("");
});

const problem = (status: number, reason: string): Response => new Response(JSON.stringify({ title: "no", reason }), { status, headers: { "content-type": "application/problem+json" } });
const headers = (index: number): Record<string, string> => asked[index]!.init.headers as Record<string, string>;

describe("a call", () => {
  test("carries key and CSRF value on writes, and neither on reads", async () => {
    setCsrf("c");
    answers.push(Response.json({}), Response.json({}));
    await call("post", "/x", { body: {}, key: "k" });
    await call("get", "/x");
    expect(headers(0)).toMatchObject({ "Parrot-CSRF": "c", "Idempotency-Key": "k" });
    expect(headers(1)).toEqual({ Accept: "application/json" });
  });

  test("that must be proved is sent again with the same key, once it was", async () => {
    answers.push(problem(403, "reauthenticate"), Response.json({ done: true }));
    setGate({ reauthenticate: () => Promise.resolve(true), signedOut: () => Promise.resolve(false), changed: () => Promise.resolve(false) });
    expect(await call("post", "/x", { key: "k" })).toEqual({ done: true });
    expect([headers(0), headers(1)].map((sent) => sent["Idempotency-Key"])).toEqual(["k", "k"]);
  });

  test("of somebody who does not sign in again fails, and is not sent again", async () => {
    answers.push(problem(401, "signed_out"), Response.json({}));
    setGate({ reauthenticate: () => Promise.resolve(true), signedOut: () => Promise.resolve(false), changed: () => Promise.resolve(false) });
    await expect(call("get", "/x")).rejects.toMatchObject({ status: 401, reason: "signed_out" });
    expect(asked).toHaveLength(1);
  });

  test("whose tab missed a new sign-in is sent again with the new value", async () => {
    setCsrf("old");
    answers.push(problem(403, "csrf"), Response.json({}));
    const changed = (): Promise<boolean> => {
      setCsrf("new");
      return Promise.resolve(true);
    };
    setGate({ reauthenticate: () => Promise.resolve(false), signedOut: () => Promise.resolve(false), changed });
    await call("post", "/x", { key: "k" });
    expect([headers(0), headers(1)].map((sent) => sent["Parrot-CSRF"])).toEqual(["old", "new"]);
  });

  test("that is refused over and over ends", async () => {
    answers.push(...Array.from({ length: 9 }, () => problem(403, "reauthenticate")));
    setGate({ reauthenticate: () => Promise.resolve(true), signedOut: () => Promise.resolve(true), changed: () => Promise.resolve(true) });
    await expect(call("post", "/x")).rejects.toBeInstanceOf(Problem);
    expect(asked).toHaveLength(3);
  });

  test("without an answer says that it is not known what happened", async () => {
    await expect(call("post", "/x")).rejects.toMatchObject({ status: 0, lost: true, passing: true });
    answers.push(new Response("{", { status: 200 }));
    await expect(call("post", "/x")).rejects.toMatchObject({ lost: true });
  });
});

test("parts of an address cannot leave their place", () => {
  expect(addressOf("/orders/{id}", { params: { id: "../users?x=1" }, query: { a: "b&c", empty: "", none: undefined, no: false } })).toBe("/orders/..%2Fusers%3Fx%3D1?a=b%26c&no=false");
  expect(() => addressOf("/orders/{id}")).toThrow("needs id");
});
