"use client";

import { Suspense } from "react";
import { Clients } from "@/features/clients/clients";

export default function ClientsPage(): React.ReactElement {
  return (
    <Suspense>
      <Clients />
    </Suspense>
  );
}
