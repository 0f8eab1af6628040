"use client";

import { Suspense } from "react";
import { Portfolio } from "@/features/portfolio/portfolio";

export default function PortfolioPage(): React.ReactElement {
  return (
    <Suspense>
      <Portfolio />
    </Suspense>
  );
}
