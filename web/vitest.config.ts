import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    environment: "node", // a test that needs a page says so: // @vitest-environment jsdom
    include: ["**/*.test.ts", "**/*.test.tsx"],
    exclude: ["node_modules", "out", ".next"],
    restoreMocks: true,
  },
});
