// @vitest-environment jsdom
import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, test, vi } from "vitest";
import { Problem } from "@/shared/api/problem";
import { TextField, useForm } from "./fields";

const CHECKS = (): object => ({});
const BLANK = { market: "FOO/BAR", cash: "1", note: "" };

let type: (name: keyof typeof BLANK, value: string) => void;

function Form({ served }: { served: Problem | null }): React.ReactElement {
  const form = useForm(BLANK, CHECKS, served);
  type = form.set;
  return (
    <>
      <TextField label="Cash" {...form.field("cash")} />
      <p>{form.refused?.message ?? "nothing"}</p>
    </>
  );
}

async function shown(problem: Problem): Promise<{ words: () => string; end: () => Promise<void> }> {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const host = document.body.appendChild(document.createElement("div"));
  const root = createRoot(host);
  await act(() => root.render(<Form served={problem} />));
  return { words: () => host.querySelector("p")?.textContent ?? "", end: async () => act(() => root.unmount()) };
}

test("a refusal goes away when the field that it names is mended, and no sooner", async () => {
  const form = await shown(new Problem(422, { title: "cash: write a number above 0", fields: [{ field: "cash", problem: "write a number above 0" }] }));
  await act(async () => type("note", "why"));
  expect(form.words()).toBe("cash: write a number above 0");
  await act(async () => type("cash", "2"));
  expect(form.words()).toBe("nothing");
  await form.end();
});

test("a refusal that names no field goes away with any change", async () => {
  const form = await shown(new Problem(422, { title: "the venue does not list FOO/BAR" }));
  expect(form.words()).toBe("the venue does not list FOO/BAR");
  await act(async () => type("market", "BTC/USDT"));
  expect(form.words()).toBe("nothing");
  await form.end();
});
