"use client";
import { Suspense } from "react";
import { Settings } from "@/features/settings/settings";

export default function SettingsPage(): React.ReactElement {
  return (
    <Suspense>
      <Settings />
    </Suspense>
  );
}
