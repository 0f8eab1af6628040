"use client";

import { useCallback, useEffect, useState } from "react";

const PREFIX = "parrot.";

/** Reads what this browser keeps; anything unreadable counts as nothing. */
export function recalled<T>(name: string): T | undefined {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/** Keeps a small value in this browser; a full or forbidden store is no error. */
export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    return;
  }
}

/** A choice that this browser remembers. It starts with `initial`, so that the exported page and the first drawing agree. */
export function useRemembered<T>(name: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    const kept = recalled<T>(name);
    if (kept !== undefined) setValue(kept);
  }, [name]);
  const change = useCallback(
    (next: T) => {
      setValue(next);
      keep(name, next);
    },
    [name],
  );
  return [value, change];
}
