"use client";

import { useCallback, useEffect, useState, type ComponentType } from "react";
import { toast } from "@/shared/ui/toast";

const IDLE_MS = 4_000;

/** A part of the shell that comes after the page, so that it is there at once when it is called; without a line it says so. */
export function usePart<Props>(load: () => Promise<ComponentType<Props>>): { Part: ComponentType<Props> | null; call: () => void; setOpen: (open: boolean) => void } {
  const [open, setOpen] = useState(false);
  const [part, setPart] = useState<{ Part: ComponentType<Props> } | null>(null);
  const get = useCallback(async () => setPart({ Part: await load() }), [load]);
  useEffect(() => {
    const timer = setTimeout(() => void get().catch(() => undefined), IDLE_MS);
    return () => clearTimeout(timer);
  }, [get]);
  const call = (): void => {
    setOpen(true);
    if (part) return;
    get().catch(() => {
      setOpen(false);
      toast.note("This part of the page has not come", "There was no line to Parrot when it was asked for. Try again when there is one.");
    });
  };
  return { Part: open && part ? part.Part : null, call, setOpen };
}
