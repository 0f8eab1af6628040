"use client";

import { Home } from "@/features/home/home";

export default function HomePage(): React.ReactElement {
  return <Home />;
}
