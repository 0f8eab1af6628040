"use client";

import { useApi } from "@/shared/api";
import { useMay } from "@/shared/session/provider";

const named = (rows: unknown, field: string): string[] =>
  Array.isArray(rows) ? [...new Set(rows.map((row: Record<string, unknown>) => row[field]).filter((name): name is string => typeof name === "string"))] : [];

/** Names that the palette finds besides pages: symbols and strategies, asked for when it opens. */
export function useFound(): { symbols: string[]; strategies: string[] } {
  const markets = useApi("/api/v1/markets", { when: useMay("markets:read") });
  const strategies = useApi("/api/v1/strategies", { when: useMay("strategies:read") });
  const rows = (answer: unknown, name: string): unknown => (answer as Record<string, unknown> | undefined)?.items ?? (answer as Record<string, unknown> | undefined)?.[name];
  return { symbols: named(rows(markets.data, "markets"), "symbol"), strategies: named(rows(strategies.data, "strategies"), "strategy") };
}
