"use client";

import { useEffect, useRef, useState, useSyncExternalStore, type RefObject } from "react";

/** The room that an element has, in pixels; zeros before it is known. */
export function useSize(place: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const watcher = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const [width, height] = [Math.floor(entry.contentRect.width), Math.floor(entry.contentRect.height)];
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [place]);
  return size;
}

/** A value that changes often, taken at most once in `every_ms`: for lists that are long to draw. */
export function useEvery<T>(value: T, every_ms: number): T {
  const [taken, setTaken] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    latest.current = value;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setTaken(latest.current);
    }, every_ms);
  }, [value, every_ms]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return taken;
}

const NARROW = "(max-width: 767px)";
const watch = (tell: () => void): (() => void) => {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", tell);
  return () => query.removeEventListener("change", tell);
};

/** Whether the page is as narrow as a phone; undefined while the page is not alive. */
export function useNarrow(): boolean | undefined {
  return useSyncExternalStore<boolean | undefined>(watch, () => window.matchMedia(NARROW).matches, () => undefined);
}
