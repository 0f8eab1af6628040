"use client";

import { Suspense } from "react";
import { Orders } from "@/features/orders/orders";

export default function OrdersPage(): React.ReactElement {
  return (
    <Suspense>
      <Orders />
    </Suspense>
  );
}
