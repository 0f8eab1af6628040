"use client";

import { Join } from "@/features/doors/join";

export default function JoinPage(): React.ReactElement {
  return <Join />;
}
