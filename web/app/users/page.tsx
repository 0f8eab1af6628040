"use client";
import { Suspense } from "react";
import { Users } from "@/features/users/users";

export default function UsersPage(): React.ReactElement {
  return (
    <Suspense>
      <Users />
    </Suspense>
  );
}
