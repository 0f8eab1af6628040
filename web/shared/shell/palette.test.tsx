// @vitest-environment jsdom
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { expect, test, vi } from "vitest";
import { Palette } from "./palette";

vi.mock("next/navigation", () => ({ useRouter: () => ({ push: () => undefined }) }));
vi.mock("@/shared/session/provider", () => ({ useSession: () => ({ me: undefined, leave: () => Promise.resolve() }) }));
vi.mock("./appearance", () => ({ useAppearance: () => ({ theme: "dark", density: "normal" }), setAppearance: () => undefined }));
vi.mock("./found", () => ({ useFound: () => ({ symbols: ["BTC/USDT"], strategies: [] }) }));

const items = (): string[] => [...document.querySelectorAll("[cmdk-item]")].map(({ textContent }) => textContent);
const input = (): HTMLInputElement => document.querySelector<HTMLInputElement>("[cmdk-input]")!;

test("the palette takes letters before its list is drawn, and never says meanwhile that nothing is found", async () => {
  vi.stubGlobal("ResizeObserver", class { observe(): void { return; } unobserve(): void { return; } disconnect(): void { return; } });
  Element.prototype.scrollIntoView = () => undefined;
  const root = createRoot(document.body.appendChild(document.createElement("div")));
  flushSync(() => root.render(<Palette open onOpenChange={() => undefined} onHelp={() => undefined} />));
  expect(document.activeElement).toBe(input());
  expect(items()).toEqual([]);
  expect(document.body.textContent).not.toContain("Nothing is called so");
  await vi.waitFor(() => expect(items()).toContain("BTC/USDT"));

  const typed = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!;
  typed.call(input(), "keyb");
  input().dispatchEvent(new Event("input", { bubbles: true }));
  await vi.waitFor(() => expect(items()).toEqual(["Keyboard help?"]));
  typed.call(input(), "qqqq");
  input().dispatchEvent(new Event("input", { bubbles: true }));
  await vi.waitFor(() => expect(document.body.textContent).toContain("Nothing is called so"));
  root.unmount();
  vi.unstubAllGlobals();
});
