// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, test, vi } from "vitest";
import { useCommand } from "./hooks";

afterEach(() => vi.unstubAllGlobals());

function Kill({ onDone }: { onDone: () => void }): React.ReactElement {
  const kill = useCommand("post", "/api/v1/kill", { onDone });
  return (
    <button type="button" onClick={() => void kill.run({ body: { scope: "all" } })}>
      {kill.busy ? "busy" : (kill.problem?.message ?? "idle")}
    </button>
  );
}

test("a button that is pressed twice at once sends once, and is done once", async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const answers: ((answer: Response) => void)[] = [];
  vi.stubGlobal("fetch", () => new Promise<Response>((answer) => answers.push(answer)));
  const host = document.body.appendChild(document.createElement("div"));
  const root = createRoot(host);
  const done = vi.fn();
  await act(() =>
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <Kill onDone={done} />
      </QueryClientProvider>,
    ),
  );
  const button = host.querySelector("button")!;
  await act(async () => {
    button.click();
    button.click();
  });
  expect(button.textContent).toBe("busy");
  expect(answers).toHaveLength(1);
  await act(async () => answers[0]!(Response.json({ done: true })));
  expect(done).toHaveBeenCalledTimes(1);
  expect(button.textContent).toBe("idle");

  await act(async () => button.click());
  await act(async () => answers[1]!(new Response(JSON.stringify({ title: "not allowed" }), { status: 403 })));
  expect(button.textContent).toBe("not allowed");
  await act(() => root.unmount());
});
