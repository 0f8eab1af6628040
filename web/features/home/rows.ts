// Rows of the stream that the home page reads, and what it makes of them. No React in here.

import { add, signOf, subtract } from "@/shared/format";
import type { Status } from "@/shared/shell/status";

/** The platform in one look, with what only this page needs. */
export interface Look extends Status {
  fills: number;
  last_fill_ts: number;
  data_ages: Record<string, Record<string, number>>;
}

/** What an account was worth at one moment. */
export interface Mark {
  seq: number;
  ts: number;
  equity: string;
  deposits: string;
  currency: string;
}

/** Something that a person should look at. */
export interface Alert {
  alert_id: string;
  ts: number;
  level: string;
  kind: string;
  text: string;
  order_id: number;
  strategy: string;
  standing: boolean;
}

/** What a strategy, or with an empty name the account, holds of a symbol. */
export interface Position {
  strategy: string;
  symbol: string;
  quantity: string;
  average: string;
  mark: string | null;
  unrealised: string | null;
  realised: string;
  currency: string;
}

/** An order as it stands. */
export interface Order {
  order_id: number;
  ts: number;
  updated: number;
  strategy: string;
  symbol: string;
  side: string;
  kind: string;
  status: string;
  quantity: string;
  filled: string;
  average: string | null;
  limit: string | null;
  trigger: string | null;
  reason: string;
  why: string;
}

/** A strategy as it runs. */
export interface Strategy {
  strategy: string;
  state: string;
  symbols: readonly string[];
  fills: number;
  fault: string;
  profit?: string | null;
  currency?: string;
}

/** Why something happened or did not. */
export interface Decision {
  seq: number;
  ts: number;
  strategy: string;
  symbol: string;
  order_id: number;
  gate: string;
  passed: boolean;
  text: string;
}

/** A line of the diary of strategies: who did what, when, and why. */
export interface Deed {
  key: string;
  ts: number;
  strategy: string;
  text: string;
  why: string;
  order_id: number;
  good: boolean | undefined;
}

const ENDED = new Set(["refused", "rejected", "filled", "canceled", "expired"]);
const BAD = new Set(["refused", "rejected", "unknown"]);

/** Whether an order can still be filled. */
export const isOpen = (order: Order): boolean => !ENDED.has(order.status);

/** Gain or loss since `first`, without what was paid in or out meanwhile: both are equity less deposits. */
export function gained(equity: string, deposits: string, first: Mark): string {
  return subtract(subtract(equity, deposits), subtract(first.equity, first.deposits));
}

/** What strategies did and why, newest first: their orders, and gates that stopped something without one. */
export function deeds(orders: readonly Order[], decisions: readonly Decision[], most: number): Deed[] {
  const done = orders
    .filter(({ strategy }) => strategy !== "")
    .map((order) => ({ key: `o${order.order_id}`, ts: order.updated, strategy: order.strategy, text: told(order), why: order.reason || order.why, order_id: order.order_id, good: BAD.has(order.status) ? false : order.status === "filled" ? true : undefined }));
  const stopped = decisions
    .filter(({ passed, order_id }) => !passed && order_id === 0)
    .map((one) => ({ key: `d${one.seq}`, ts: one.ts, strategy: one.strategy, text: `${one.gate} stopped it${one.symbol ? ` on ${one.symbol}` : ""}`, why: one.text, order_id: 0, good: false as const }));
  return [...done, ...stopped].sort((a, b) => b.ts - a.ts).slice(0, most);
}

function told(order: Order): string {
  const size = `${order.quantity} ${order.symbol}`;
  const sided = order.side === "buy" ? ["buys", "bought"] : ["sells", "sold"];
  if (order.status === "filled") return `${sided[1]} ${size}${order.average ? ` at ${order.average}` : ""}`;
  if (BAD.has(order.status)) return `${order.side} ${size}: ${order.status}`;
  if (ENDED.has(order.status)) return `${order.side} ${size}: ${order.status}${order.filled === "0" ? "" : `, ${order.filled} filled`}`;
  return `${sided[0]} ${size}, ${order.kind}${order.limit ? ` at ${order.limit}` : order.trigger ? ` from ${order.trigger}` : ""}`;
}

/** A point of the curve. */
export interface Point {
  ts: number;
  equity: string;
}

/** A curve: what was asked for, then by time what the stream brought and what the page saw itself. */
export function joined(asked: readonly Point[], streamed: readonly Point[], seen: readonly Point[]): Point[] {
  const last = asked.at(-1)?.ts ?? 0;
  const newer = [...streamed, ...seen].filter(({ ts }) => ts > last).sort((a, b) => a.ts - b.ts);
  return [...asked, ...newer.filter(({ ts }, index) => ts !== newer[index - 1]?.ts)];
}

/** The account's own positions, by symbol; unrealised gains of all of them together. */
export function held(rows: readonly Position[]): { rows: Position[]; unrealised: string } {
  const own = rows.filter(({ strategy, quantity }) => strategy === "" && signOf(quantity) !== 0);
  const unrealised = own.reduce((sum, { unrealised: one }) => (one === null ? sum : add(sum, one)), "0");
  return { rows: [...own].sort((a, b) => a.symbol.localeCompare(b.symbol)), unrealised };
}

/** When today began by the clock of a zone, ns UTC. */
export function midnight(now_ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).formatToParts(now_ms);
  const [hour = 0, minute = 0, second = 0] = parts.filter(({ type }) => type !== "literal").map(({ value }) => Number(value));
  const whole = Math.floor(now_ms / 1_000) - (hour * 3_600 + minute * 60 + second);
  return whole * 1e9;
}
