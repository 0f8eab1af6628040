"use client";

import { Register } from "@/features/doors/register";

export default function RegisterPage(): React.ReactElement {
  return <Register />;
}
