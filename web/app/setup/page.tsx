"use client";

import { SetUp } from "@/features/doors/setup";

export default function SetUpPage(): React.ReactElement {
  return <SetUp />;
}
