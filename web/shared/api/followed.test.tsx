// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useFollowed } from "./followed";

const live = vi.hoisted(() => ({ tell: () => undefined as void, seen: {} as object }));
vi.mock("@/shared/stream", async () => {
  const { useSyncExternalStore } = await import("react");
  const subscribe = (tell: () => void) => {
    live.tell = tell;
    return () => undefined;
  };
  return { useValue: () => useSyncExternalStore(subscribe, () => live.seen) };
});

let root: Root;
let host: HTMLElement;
let asked = 0;

function Switch(): React.ReactElement {
  const { data } = useFollowed("/api/v1/risk/tree", "limits");
  return <p>{data ? `${data.ts} ${data.stopped.map(({ scope }) => scope).join()}` : "waiting"}</p>;
}

const hear = (seen: object): Promise<void> =>
  act(async () => {
    live.seen = seen;
    live.tell();
    await vi.advanceTimersByTimeAsync(1);
  });
const pass = (ms: number): Promise<unknown> => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  asked = 0;
  live.seen = { state: "waiting", value: undefined };
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ ts: (asked += 1), scopes: [], stopped: [], rules: [] })));
  host = document.body.appendChild(document.createElement("div"));
  root = createRoot(host);
  await act(() => root.render(<QueryClientProvider client={new QueryClient()}><Switch /></QueryClientProvider>));
  await pass(1);
});

afterEach(async () => {
  await act(() => root.unmount());
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("what the stream tells stands over the answer at once, beside what only the answer has", async () => {
  expect(host.textContent).toBe("1 ");
  await hear({ state: "live", value: { scopes: [], stopped: [{ scope: "firm", reason: "kill" }] } });
  expect(host.textContent).toBe("1 firm");
});

test("it is asked seldom while the stream lives, and often again when that is old", async () => {
  await hear({ state: "live", value: { stopped: [] } });
  await pass(29_000);
  expect(asked).toBe(1);
  await hear({ state: "stale", value: { stopped: [] } });
  await pass(10_500);
  expect(asked).toBe(3);
});

test("a channel that is refused leaves the page as it was without one", async () => {
  await hear({ state: "refused", value: undefined });
  await pass(10_500);
  expect(asked).toBe(3);
  expect(host.textContent).toBe("3 ");
});
