"use client";

import { Suspense } from "react";
import { Backtests } from "@/features/backtests/backtests";

export default function BacktestsPage(): React.ReactElement {
  return (
    <Suspense>
      <Backtests />
    </Suspense>
  );
}
