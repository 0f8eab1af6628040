// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DataTable, type Column } from "./table";

interface Row {
  id: string;
  amount: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { key: "id", title: "Name", value: (row) => row.id },
  { key: "amount", title: "Amount", number: true, value: (row) => row.amount },
];
const ROWS: Row[] = Array.from({ length: 100_000 }, (_, index) => ({ id: `r${index}`, amount: `${index}.0000000000000000001` }));
const KEY = (row: Row): string => row.id;

let root: Root;
let host: HTMLElement;
const opened = vi.fn();

beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {
        return;
      }
      disconnect(): void {
        return;
      }
    },
  );
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, value: 320 });
  localStorage.clear();
  opened.mockReset();
  host = document.body.appendChild(document.createElement("div"));
  root = createRoot(host);
  await act(() => root.render(<DataTable id="t" label="rows" rows={ROWS} columns={COLUMNS} rowKey={KEY} onOpen={opened} />));
});
afterEach(async () => {
  await act(() => root.unmount());
  host.remove();
  vi.unstubAllGlobals();
});

const grid = (): HTMLElement => host.querySelector<HTMLElement>("[role=grid]")!;
const shown = (): string[] => [...host.querySelectorAll("[role=row] [role=gridcell]:first-child")].map((cell) => cell.textContent);
const press = (key: string): Promise<void> => act(async () => void grid().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
const heading = (name: string): HTMLElement => [...host.querySelectorAll<HTMLElement>("[role=columnheader] button")].find(({ textContent }) => textContent.startsWith(name))!;

test("only rows in sight are built, and their number is told", () => {
  expect(shown().length).toBeLessThan(40);
  expect(grid().getAttribute("aria-rowcount")).toBe("100001");
});

test("keys walk the rows, and Enter opens the one that is chosen", async () => {
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await press(key);
  expect(opened).toHaveBeenLastCalledWith(ROWS[1]);
  for (const key of ["End", "Enter"]) await press(key);
  expect(opened).toHaveBeenLastCalledWith(ROWS.at(-1));
});

test("a heading sorts by exact size, largest first, and says so", async () => {
  await act(async () => heading("Amount").click());
  expect(shown()[0]).toBe("r99999");
  expect(heading("Amount").parentElement!.getAttribute("aria-sort")).toBe("descending");
  await act(async () => heading("Amount").click());
  expect(shown()[0]).toBe("r0");
});

test("markup in a cell is text", async () => {
  const row = { id: "<img src=x onerror=alert(1)>", amount: "1" };
  await act(() => root.render(<DataTable id="t" label="rows" rows={[row]} columns={COLUMNS} rowKey={KEY} />));
  expect(shown()).toEqual([row.id]);
  expect(host.querySelector("img")).toBeNull();
});

test("one row is told as one", async () => {
  await act(() => root.render(<DataTable id="t" label="open orders" rows={ROWS.slice(0, 1)} columns={COLUMNS} rowKey={KEY} />));
  expect(host.querySelector("[aria-live=polite]")!.textContent).toBe("1 open order");
});
