"use client";

import { useEffect, useState } from "react";

/** The tokens a canvas needs. */
export interface Colours {
  text: string;
  soft: string;
  faint: string;
  line: string;
  panel: string;
  accent: string;
  gain: string;
  loss: string;
  warn: string;
}

const NAMES = ["text", "soft", "faint", "line", "panel", "accent", "gain", "loss", "warn"] as const;

function read(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as unknown as Colours;
}

/** The colours as they are now; a change of theme or palette draws anew. */
export function useColours(): Colours | undefined {
  const [colours, setColours] = useState<Colours>();
  useEffect(() => {
    setColours(read());
    const watcher = new MutationObserver(() => setColours(read()));
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-palette"] });
    return () => watcher.disconnect();
  }, []);
  return colours;
}
