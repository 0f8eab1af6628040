"use client";

// The market as it is now: from the stream, and by questions while the stream does not tell.

import { useMemo, useRef } from "react";
import { useApi } from "@/shared/api";
import type { Problem } from "@/shared/api";
import { useRows, useValue } from "@/shared/stream";
import { joined, type Timeframe } from "./chart-data";
import type { Candle, Depth, Fill, Market, Order, Print, Quote } from "./types";

const LEVELS = 200;
const PRINTS = 200;
const SEEN_MOST = 5_000;

/** A question's state beside its answer. */
export interface Told {
  loading: boolean;
  problem: Problem | null;
  retry: () => void;
}

/** Every symbol with its terms and its newest quote. */
export function useMarkets(): Told & { markets: readonly Market[] } {
  const live = useRows<Quote>("quotes");
  const streams = live.state === "live";
  const asked = useApi("/api/v1/markets", { every_ms: streams ? 60_000 : 2_000 });
  const markets = useMemo(() => {
    const quotes = new Map(live.rows.map((quote) => [quote.symbol, quote]));
    return (asked.data?.items ?? []).map((market) => {
      const quote = quotes.get(market.symbol);
      return quote && quote.ts >= market.ts ? { ...market, ...quote } : market;
    });
  }, [asked.data, live.rows]);
  return { markets, loading: asked.isPending, problem: asked.data ? null : asked.error, retry: () => void asked.refetch() };
}

/** The book of a symbol. */
export function useDepth(symbol: string): Told & { depth: Depth | undefined; live: boolean } {
  const told = useValue<Depth>(`book:${symbol}`);
  const streams = told.state === "live" && told.value !== undefined;
  const asked = useApi("/api/v1/markets/depth", { query: { symbol, levels: LEVELS }, ...(streams ? {} : { every_ms: 1_500 }), when: !streams });
  return { depth: told.value ?? asked.data, live: streams, loading: !told.value && asked.isPending, problem: told.value || asked.data ? null : asked.error, retry: () => void asked.refetch() };
}

/** The newest trades of a symbol's market, newest first. */
export function useTape(symbol: string): Told & { prints: readonly Print[] } {
  const told = useRows<Print>(`tape:${symbol}`);
  const streams = told.state === "live";
  const asked = useApi("/api/v1/markets/tape", { query: { symbol, limit: PRINTS }, ...(streams ? {} : { every_ms: 2_000 }), when: !streams });
  const prints = useMemo(() => (told.rows.length > 0 ? [...told.rows].reverse().slice(0, PRINTS) : (asked.data?.items ?? [])), [told.rows, asked.data]);
  return { prints, loading: told.rows.length === 0 && asked.isPending && !streams, problem: prints.length > 0 || streams ? null : asked.error, retry: () => void asked.refetch() };
}

/** Candles of a symbol, oldest first; `next` is where older ones begin. */
export function useCandles(symbol: string, timeframe: Timeframe): Told & { candles: readonly Candle[]; next: string | null; missing: readonly { from_ns: number; to_ns: number; why: string }[] } {
  const told = useRows<Candle>(`bars:${symbol}:${timeframe}`);
  const streams = told.state === "live";
  const asked = useApi("/api/v1/markets/candles", { query: { symbol, timeframe, limit: 600 }, every_ms: streams ? 60_000 : 3_000 });
  const seen = useRef<readonly Candle[]>([]); // the stream tells the newest few only
  const candles = useMemo(() => {
    seen.current = joined(seen.current, told.rows).slice(-SEEN_MOST);
    return joined(asked.data?.items ?? [], seen.current);
  }, [asked.data, told.rows]);
  return { candles, next: asked.data?.next ?? null, missing: asked.data?.missing ?? [], loading: asked.isPending, problem: asked.data ? null : asked.error, retry: () => void asked.refetch() };
}

const byNewest = <Row extends { ts: number }>(rows: Iterable<Row>): Row[] => [...rows].sort((a, b) => b.ts - a.ts);

/** Orders of a symbol, newest first: those that are open, and the latest that ended. */
export function useOrdersOf(symbol: string): { orders: readonly Order[]; open: readonly Order[] } {
  const told = useRows<Order>("orders");
  const streams = told.state === "live";
  const open = useApi("/api/v1/orders", { query: { symbol, status: "open", limit: 500 }, every_ms: streams ? 30_000 : 3_000 });
  const latest = useApi("/api/v1/orders", { query: { symbol, limit: 300 }, every_ms: streams ? 30_000 : 5_000 });
  return useMemo(() => {
    const all = new Map<number, Order>();
    for (const order of [...(latest.data?.items ?? []), ...(open.data?.items ?? []), ...told.rows.filter((one) => one.symbol === symbol)]) {
      const known = all.get(order.order_id);
      if (!known || order.updated >= known.updated) all.set(order.order_id, order);
    }
    const orders = byNewest(all.values());
    return { orders, open: orders.filter(isOpen) };
  }, [open.data, latest.data, told.rows, symbol]);
}

/** Own fills of a symbol, newest first. */
export function useFillsOf(symbol: string): readonly Fill[] {
  const told = useRows<Fill>("fills");
  const asked = useApi("/api/v1/fills", { query: { symbol, limit: 500 }, every_ms: told.state === "live" ? 30_000 : 4_000 });
  return useMemo(() => {
    const all = new Map<number, Fill>();
    for (const fill of [...(asked.data?.items ?? []), ...told.rows.filter((one) => one.symbol === symbol)]) all.set(fill.seq, fill);
    return byNewest(all.values());
  }, [asked.data, told.rows, symbol]);
}

const ENDED: ReadonlySet<string> = new Set(["refused", "rejected", "filled", "canceled", "expired"]);

/** Whether an order can still be filled. */
export const isOpen = (order: { status: string }): boolean => !ENDED.has(order.status);
