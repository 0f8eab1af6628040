"use client";

import { useSyncExternalStore } from "react";
import { keep, recalled } from "@/shared/ui/remembered";

/** How this browser shows things. public/appearance.js reads the same before the first paint. */
export interface Appearance {
  theme: "dark" | "light" | "system";
  palette: "green-red" | "blue-orange";
  density: "normal" | "compact";
  sidebar: "wide" | "narrow";
}

const INITIAL: Appearance = { theme: "dark", palette: "green-red", density: "normal", sidebar: "wide" };
const readers = new Set<() => void>();
let now: Appearance | undefined;

function current(): Appearance {
  now ??= { ...INITIAL, ...recalled<Partial<Appearance>>("appearance") };
  return now;
}

function apply(look: Appearance): void {
  const { dataset } = document.documentElement;
  const light = look.theme === "light" || (look.theme === "system" && matchMedia("(prefers-color-scheme: light)").matches);
  dataset.theme = light ? "light" : "dark";
  dataset.palette = look.palette;
  dataset.density = look.density;
  dataset.sidebar = look.sidebar;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", getComputedStyle(document.documentElement).getPropertyValue("--panel").trim());
}

/** Changes the look, here and in the other tabs, and remembers it. */
export function setAppearance(change: Partial<Appearance>): void {
  now = { ...current(), ...change };
  keep("appearance", now);
  apply(now);
  readers.forEach((tell) => tell());
}

const CHOICES = { theme: ["dark", "light", "system"], palette: ["green-red", "blue-orange"], density: ["normal", "compact"] } as const;

/** The look that somebody keeps with their profile, for a browser that remembers none of its own. */
export function takeAppearance(kept: string | undefined): void {
  if (!kept || recalled("appearance") !== undefined) return;
  try {
    const found = JSON.parse(kept) as Record<string, unknown>;
    const known = Object.entries(CHOICES).filter(([name, values]) => (values as readonly unknown[]).includes(found[name]));
    setAppearance(Object.fromEntries(known.map(([name]) => [name, found[name]])) as Partial<Appearance>);
  } catch {
    return; // what another version kept
  }
}

function watch(tell: () => void): () => void {
  const other = (event: StorageEvent): void => {
    if (event.key !== "parrot.appearance") return;
    now = undefined;
    apply(current());
    tell();
  };
  const system = matchMedia("(prefers-color-scheme: light)");
  const turned = (): void => apply(current());
  readers.add(tell);
  addEventListener("storage", other);
  system.addEventListener("change", turned);
  return () => {
    readers.delete(tell);
    removeEventListener("storage", other);
    system.removeEventListener("change", turned);
  };
}

/** The look as it is. */
export function useAppearance(): Appearance {
  return useSyncExternalStore(watch, current, () => INITIAL);
}
