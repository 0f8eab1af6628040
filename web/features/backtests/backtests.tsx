"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { Compare } from "./compare";
import { RunList } from "./run-list";
import { Report } from "./report";

/** Back-tests: the list, one report, or several runs side by side, as the address says. */
export function Backtests(): React.ReactElement {
  const asked = useSearchParams();
  const router = useRouter();
  const id = asked.get("id");
  const ids = asked.get("compare");
  if (ids) return <Compare ids={ids} />;
  if (id) return <Report key={id} id={id} onGone={() => router.push("/backtests")} />;
  return <RunList fresh={asked.get("new")} awaited={asked.get("job")} />;
}
