"use client";

import { useEffect } from "react";
import { Failed } from "@/shared/ui/states";

const RELOADED = "parrot.reloaded";
const APART_MS = 30_000;

/** A page broke: the shell stays, so that the kill switch is still there. A page of another build is loaded anew, once. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }): React.ReactElement {
  const outdated = error.name === "ChunkLoadError" || /failed to load chunk|loading chunk|dynamically imported module/i.test(error.message);
  useEffect(() => {
    if (!outdated || Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < APART_MS) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    location.reload();
  }, [outdated]);
  return <Failed problem={error} retry={outdated ? () => location.reload() : reset} />;
}
