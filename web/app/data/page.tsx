"use client";
import { Suspense } from "react";
import { Data } from "@/features/data/data";

export default function DataPage(): React.ReactElement {
  return (
    <Suspense>
      <Data />
    </Suspense>
  );
}
