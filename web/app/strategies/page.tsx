"use client";

import { Suspense } from "react";
import { Strategies } from "@/features/strategies/strategies";

export default function StrategiesPage(): React.ReactElement {
  return (
    <Suspense>
      <Strategies />
    </Suspense>
  );
}
