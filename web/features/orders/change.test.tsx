// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { expect, test, vi } from "vitest";
import type { Order } from "../markets/types";
import { ChangeOrder } from "./change";

const STOP = { order_id: 9, status: "accepted", kind: "stop", role: "plain", parent: 0, group_id: 0, symbol: "BTC/USDT", side: "sell", strategy: "manual", tif: "gtc", quantity: "0.03", filled: "0", limit: null, trigger: "58000", stop: null, take: null, reduce_only: true } as Order;

test("a new order takes the place of one whose end could not be seen at first", async () => {
  let [cancelled, closed, looks, sent] = [false, false, 0, 0];
  vi.stubGlobal("ResizeObserver", class { observe(): void { return; } unobserve(): void { return; } disconnect(): void { return; } });
  vi.stubGlobal("fetch", (url: string | Request, init: RequestInit = {}) => {
    const path = new URL(typeof url === "string" ? url : url.url, "http://localhost").pathname;
    const method = init.method?.toLowerCase() ?? "get";
    if (path.endsWith("/markets")) return Promise.resolve(Response.json({ items: [{ symbol: "BTC/USDT", bid: "60000", ask: "60000.1" }] }));
    if (path.endsWith("/preview")) return Promise.resolve(Response.json({ verdict: { rule: "", text: "" } }));
    if (method === "delete") {
      if (cancelled) return Promise.resolve(Response.json({ title: "order 9 is canceled already" }, { status: 400 }));
      cancelled = true;
      return Promise.resolve(Response.json({ order_id: 9, records: [] }));
    }
    if (method === "post") return Promise.resolve(Response.json({ order_id: 10 + (sent += 1) }));
    looks += 1;
    return looks === 1 ? Promise.resolve(Response.json({ title: "Busy" }, { status: 503 })) : Promise.resolve(Response.json({ ...STOP, status: "canceled" }));
  });
  const root = createRoot(document.body.appendChild(document.createElement("div")));
  flushSync(() => root.render(<QueryClientProvider client={new QueryClient()}><ChangeOrder order={STOP} onClose={() => { closed = true; }} /></QueryClientProvider>));
  const trigger = document.querySelector<HTMLInputElement>("form input")!;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!.call(trigger, "57000");
  trigger.dispatchEvent(new Event("input", { bubbles: true }));
  const submit = (): boolean => document.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  const button = (): HTMLButtonElement => document.querySelector<HTMLButtonElement>("button[type=submit]")!;
  await vi.waitFor(() => expect(button().textContent).toBe("Cancel it and send a new one"));
  submit();
  await vi.waitFor(() => expect(document.body.textContent).toContain("Busy"), 1_500);
  expect(sent).toBe(0);
  submit();
  await vi.waitFor(() => expect(closed).toBe(true), 1_500);
  expect(sent).toBe(1);
  root.unmount();
  vi.unstubAllGlobals();
});
