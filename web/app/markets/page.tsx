"use client";

import { Suspense } from "react";
import { Markets } from "@/features/markets/markets";

export default function MarketsPage(): React.ReactElement {
  return (
    <Suspense>
      <Markets />
    </Suspense>
  );
}
