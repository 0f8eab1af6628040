"use client";

import { useEffect } from "react";

/** Lets the service worker keep the shell, so that the screen opens and says so when there is no line. */
export function useInstalled(): void {
  useEffect(() => {
    if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator) || !window.isSecureContext) return;
    const start = async (): Promise<void> => {
      await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
      const ready = await navigator.serviceWorker.ready;
      ready.active?.postMessage({ keep: performance.getEntriesByType("resource").map(({ name }) => name) });
    };
    const timer = setTimeout(() => void start().catch(() => undefined), 3_000); // a browser that forbids it loses only the offline page
    return () => clearTimeout(timer);
  }, []);
}
