"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { ALL_PLACES } from "./navigation";

const WAIT_MS = 1_200;
const typing = (target: EventTarget | null): boolean => target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]") !== null;

/** Keys of the whole screen: Ctrl-K palette, ? help, g then a letter goes to a page. Nothing happens while somebody types. */
export function useShortcuts({ onPalette, onHelp, enabled }: { onPalette: () => void; onHelp: () => void; enabled: boolean }): void {
  const router = useRouter();
  const acts = useRef({ onPalette, onHelp });
  useEffect(() => {
    acts.current = { onPalette, onHelp };
  });
  useEffect(() => {
    if (!enabled) return;
    let since = 0;
    const pressed = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        acts.current.onPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("[role=dialog]")) return;
      if (event.key === "?") acts.current.onHelp();
      else if (event.key === "g") since = event.timeStamp;
      else if (event.timeStamp - since < WAIT_MS) {
        since = 0;
        const place = ALL_PLACES.find(({ key }) => key === event.key);
        if (place) router.push(place.path);
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [enabled, router]);
}
