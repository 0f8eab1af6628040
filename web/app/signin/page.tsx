"use client";

import { SignIn } from "@/features/doors/signin";

export default function SignInPage(): React.ReactElement {
  return <SignIn />;
}
