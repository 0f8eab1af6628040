"use client";

import { round } from "@/shared/format";
import { Badge, Money, Price, Quantity, Time, Typed, type Column, type Tone } from "@/shared/ui";
import type { Fill, Order } from "../markets/types";

const TONES: Record<string, Tone> = { filled: "gain", refused: "loss", rejected: "loss", unknown: "warn", canceled: "neutral", expired: "neutral" };
const AVERAGE_PLACES = 4; // an average lies between ticks
const WORDS: Record<string, string> = { partially_filled: "partly filled", new: "received", sent: "sent", accepted: "working", approved: "approved", held: "held here", canceled: "cancelled", triggered: "triggered" };

/** Who an order is of: a strategy, or a person by hand. */
const byWhom = ({ strategy, user }: { strategy: string; user: string }): string => (strategy === "manual" && user ? `${user} (manual)` : strategy);

/** What an order's state is called. */
export const stateWords = (status: string): string => WORDS[status] ?? status.replace(/_/g, " ");

/** The state of an order in a badge. */
export function State({ status }: { status: string }): React.ReactElement {
  return <Badge tone={TONES[status] ?? "accent"}>{stateWords(status)}</Badge>;
}

/** Buy or sell, with its arrow. */
export function SideOf({ side }: { side: string }): React.ReactElement {
  return (
    <span className={side === "buy" ? "text-gain" : "text-loss"}>
      <span aria-hidden="true" className="mr-1 text-small">{side === "buy" ? "▲" : "▼"}</span>
      {side}
    </span>
  );
}

/** The price that an order waits for: its limit, else its trigger. */
export const waitsAt = (order: Order): string | null => order.limit ?? order.trigger;

export const ORDER_COLUMNS: readonly Column<Order>[] = [
  { key: "order_id", title: "Order", value: (o) => o.order_id, cell: (o) => <span className="number">{o.order_id}</span>, number: true, width: 72, wide: true },
  { key: "ts", title: "Received", value: (o) => o.ts, cell: (o) => <Time ns={o.ts} />, width: 186, wide: true },
  { key: "symbol", title: "Symbol", value: (o) => o.symbol, width: 88 },
  { key: "side", title: "Side", value: (o) => o.side, cell: (o) => <SideOf side={o.side} />, width: 64 },
  { key: "kind", title: "Kind", value: (o) => o.kind.replace("_", "-"), width: 72, wide: true },
  { key: "quantity", title: "Quantity", number: true, value: (o) => o.quantity, cell: (o) => <Quantity value={o.quantity} />, width: 88 },
  { key: "filled", title: "Filled", number: true, value: (o) => o.filled, cell: (o) => <Quantity value={o.filled} />, width: 88, wide: true },
  { key: "price", title: "Price", number: true, value: waitsAt, cell: (o) => <span title={o.limit === null ? "its trigger" : "its limit"}><Price value={waitsAt(o)} /></span>, width: 92, wide: true },
  { key: "average", title: "Average", number: true, wide: true, value: (o) => o.average, cell: (o) => <Price value={o.average && round(o.average, AVERAGE_PLACES)} />, width: 92 },
  { key: "status", title: "State", value: (o) => stateWords(o.status), cell: (o) => <State status={o.status} />, width: 96 },
  { key: "strategy", title: "By", value: (o) => byWhom(o), cell: (o) => <Typed>{byWhom(o)}</Typed>, width: 96, wide: true },
  { key: "reason", title: "Reason", hidden: true, value: (o) => o.reason || o.why, cell: (o) => <span title={o.reason || o.why}><Typed>{o.reason || o.why}</Typed></span>, width: 200 },
  { key: "slippage_bps", title: "Slippage bps", number: true, hidden: true, value: (o) => o.slippage_bps, cell: (o) => <Quantity value={o.slippage_bps} places={2} />, width: 96 },
  { key: "limit", title: "Limit", number: true, hidden: true, value: (o) => o.limit, cell: (o) => <Price value={o.limit} />, width: 96 },
  { key: "trigger", title: "Trigger", number: true, hidden: true, value: (o) => o.trigger, cell: (o) => <Price value={o.trigger} />, width: 96 },
  { key: "updated", title: "Changed", hidden: true, value: (o) => o.updated, cell: (o) => <Time ns={o.updated} />, width: 188 },
  { key: "tif", title: "Time in force", hidden: true, value: (o) => o.tif, width: 88 },
  { key: "role", title: "Role", hidden: true, value: (o) => o.role, width: 80 },
  { key: "group_id", title: "Group", hidden: true, number: true, value: (o) => o.group_id || null, width: 72 },
  { key: "account", title: "Account", hidden: true, value: (o) => o.account, width: 88 },
  { key: "venue_id", title: "Venue's id", hidden: true, value: (o) => o.venue_id, width: 120 },
];

export const FILL_COLUMNS: readonly Column<Fill>[] = [
  { key: "ts", title: "Time", value: (f) => f.ts, cell: (f) => <Time ns={f.ts} millis />, width: 216, wide: true },
  { key: "symbol", title: "Symbol", value: (f) => f.symbol, width: 88 },
  { key: "side", title: "Side", value: (f) => f.side, cell: (f) => <SideOf side={f.side} />, width: 64 },
  { key: "quantity", title: "Quantity", number: true, value: (f) => f.quantity, cell: (f) => <Quantity value={f.quantity} />, width: 104 },
  { key: "price", title: "Price", number: true, value: (f) => f.price, cell: (f) => <Price value={f.price} />, width: 104 },
  { key: "fee", title: "Fee", number: true, value: (f) => f.fee, cell: (f) => <Money value={f.fee} currency={f.fee_currency} />, width: 136, wide: true },
  { key: "maker", title: "Took or rested", value: (f) => (f.maker ? "maker" : "taker"), width: 96, wide: true },
  { key: "strategy", title: "By", value: (f) => byWhom(f), cell: (f) => <Typed>{byWhom(f)}</Typed>, width: 104, wide: true },
  { key: "order_id", title: "Order", number: true, value: (f) => f.order_id, width: 80, wide: true },
  { key: "trade_id", title: "Trade", hidden: true, value: (f) => f.trade_id, width: 104 },
];
