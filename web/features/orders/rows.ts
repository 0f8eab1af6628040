// Rows of the blotter: pages of the server with what the stream told since.

import { isOpen } from "../markets/live";
import type { Order } from "../markets/types";

/** What the list of all orders is narrowed to; empty means any. */
export interface Filters {
  symbol: string;
  strategy: string;
  status: string;
  side: string;
  text: string;
}

/** Pages with newer rows in their places, and rows that came since on top; newest first. */
export function overlaid(pages: readonly Order[], live: readonly Order[]): readonly Order[] {
  if (live.length === 0) return pages;
  const newer = new Map(live.map((order) => [order.order_id, order]));
  const known = new Set(pages.map(({ order_id }) => order_id));
  const top = pages[0]?.order_id ?? 0;
  const added = live.filter(({ order_id }) => !known.has(order_id) && (order_id > top || pages.length === 0)).sort((a, b) => b.order_id - a.order_id);
  const kept = pages.map((order) => {
    const now = newer.get(order.order_id);
    return now && now.updated > order.updated ? now : order;
  });
  return [...added, ...kept];
}

/** Whether an order of the stream belongs into a list that is narrowed so. */
export function matches(order: Order, { symbol, strategy, status, side, text }: Filters): boolean {
  const state = status === "" || (status === "open" ? isOpen(order) : status === "ended" ? !isOpen(order) : order.status === status);
  return state && (!symbol || order.symbol === symbol) && (!strategy || order.strategy === strategy) && (!side || order.side === side) && !text;
}
