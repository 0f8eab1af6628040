"use client";

import { About } from "@/features/about/about";

export default function AboutPage(): React.ReactElement {
  return <About />;
}
