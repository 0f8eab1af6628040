"use client";

import { Failed } from "@/shared/ui/states";

/** A page broke: the shell stays, so that the kill switch is still there. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }): React.ReactElement {
  return <Failed problem={error} retry={reset} />;
}
