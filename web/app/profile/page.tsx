"use client";
import { Suspense } from "react";
import { Profile } from "@/features/profile/profile";

export default function ProfilePage(): React.ReactElement {
  return (
    <Suspense>
      <Profile />
    </Suspense>
  );
}
