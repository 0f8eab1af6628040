"use client";

import { Reset } from "@/features/doors/reset";

export default function ResetPage(): React.ReactElement {
  return <Reset />;
}
