"use client";

import { Suspense } from "react";
import { Risk } from "@/features/risk/risk";

export default function RiskPage(): React.ReactElement {
  return (
    <Suspense>
      <Risk />
    </Suspense>
  );
}
