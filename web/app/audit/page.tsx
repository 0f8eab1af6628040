"use client";
import { Suspense } from "react";
import { Audit } from "@/features/audit/audit";

export default function AuditPage(): React.ReactElement {
  return (
    <Suspense>
      <Audit />
    </Suspense>
  );
}
