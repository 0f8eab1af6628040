"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback } from "react";

/** One word of the address's query: a tab, a chosen row. Going back in the browser goes back here too. */
export function usePlace(name: string, first = ""): [string, (value: string) => void] {
  const path = usePathname();
  const router = useRouter();
  const query = useSearchParams();
  const go = useCallback(
    (value: string) => {
      const next = new URLSearchParams(query.toString());
      if (value && value !== first) next.set(name, value);
      else next.delete(name);
      const text = next.toString();
      router.push(text ? `${path}?${text}` : path, { scroll: false });
    },
    [first, name, path, query, router],
  );
  return [query.get(name) ?? first, go];
}
