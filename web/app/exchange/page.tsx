"use client";
import { Suspense } from "react";
import { Exchange } from "@/features/exchange/exchange";

export default function ExchangePage(): React.ReactElement {
  return (
    <Suspense>
      <Exchange />
    </Suspense>
  );
}
