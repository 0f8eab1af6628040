import type { NextConfig } from "next";

const config: NextConfig = {
  output: "export",
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // Radix locks scrolling by a <style> whose text changes, which the Content-Security-Policy refuses; the body never scrolls here.
  turbopack: { root: import.meta.dirname, resolveAlias: { "react-remove-scroll-bar": "./shared/ui/scroll-bar.ts" } },
  experimental: { optimizePackageImports: ["radix-ui"] },
};

export default config;
