// Candles and marks as the chart draws them. Drawing is the one place where amounts become floats.

import { forChart, written, writtenTime } from "@/shared/format";
import type { Candle, Fill, Order } from "./types";

/** Lengths of candles that can be chosen, and their seconds. */
export const TIMEFRAMES = { "1s": 1, "5s": 5, "15s": 15, "1m": 60, "5m": 300, "15m": 900, "1h": 3_600, "4h": 14_400, "1d": 86_400 } as const;
export type Timeframe = keyof typeof TIMEFRAMES;

/** Candles in sight when a chart opens. */
export const IN_SIGHT = 120;

const NS = 1e9;
const ENOUGH = 60; // candles that make a picture

/** The length of candles that shows something: a minute, or less while the market is young. */
export function fitting(since_ns: number, now_ms: number): Timeframe {
  const seconds = since_ns > 0 ? now_ms / 1_000 - since_ns / NS : 0;
  const young: readonly Timeframe[] = ["1m", "15s", "5s"];
  return young.find((name) => seconds / TIMEFRAMES[name] >= ENOUGH) ?? "1s";
}

/** Two lists of candles as one, oldest first; where both have a candle, the one that saw more trades, the newer of equals. */
export function joined(older: readonly Candle[], newer: readonly Candle[]): readonly Candle[] {
  if (newer.length === 0) return older;
  if (older.length === 0) return newer;
  const first = newer[0]?.ts ?? 0;
  if ((older.at(-1)?.ts ?? 0) < first) return [...older, ...newer];
  const byTime = new Map<number, Candle>();
  for (const one of older) byTime.set(one.ts, one);
  for (const one of newer) if (one.trades >= (byTime.get(one.ts)?.trades ?? 0)) byTime.set(one.ts, one);
  return [...byTime.values()].sort((a, b) => a.ts - b.ts);
}

/** The second at which a candle opens: the time axis of the chart. */
export const secondOf = (ns: number): number => Math.floor(ns / NS);

/** The open of the candle that a moment falls into. */
export function openOf(ns: number, timeframe: Timeframe): number {
  const seconds = secondOf(ns);
  return seconds - (seconds % TIMEFRAMES[timeframe]);
}

export interface Point {
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
}

export const pointOf = ({ ts, open, high, low, close }: Candle): Point => ({ time: secondOf(ts), open: forChart(open), high: forChart(high), low: forChart(low), close: forChart(close) });

/** Something that happened, to be drawn at its candle. */
export interface Mark {
  id: string;
  time: number;
  kind: "fill" | "signal";
  side: "buy" | "sell";
  /** In the chart. */
  text: string;
  /** In the list and for those who hear it. */
  words: string;
}

const who = (strategy: string): string => (strategy === "manual" ? "" : ` ${strategy}`);

/** Own fills as marks: one a candle, side and strategy, with the sum of what was filled there. */
export function fillMarks(fills: readonly Fill[], timeframe: Timeframe): Mark[] {
  const found = new Map<string, { mark: Mark; count: number }>();
  for (const fill of fills) {
    const side = fill.side === "sell" ? "sell" : "buy";
    const time = openOf(fill.ts, timeframe);
    const id = `fill ${time} ${side} ${fill.strategy}`;
    const words = `${side === "buy" ? "Bought" : "Sold"} ${written(fill.quantity)} at ${written(fill.price)}${who(fill.strategy)}, ${writtenTime(fill.ts)}`;
    const known = found.get(id);
    if (known) {
      known.count += 1;
      known.mark.text = `${side === "buy" ? "B" : "S"} ×${known.count}`;
      known.mark.words += `; ${words}`;
    } else {
      found.set(id, { count: 1, mark: { id, time, kind: "fill", side, text: `${side === "buy" ? "B" : "S"} ${written(fill.quantity)}`, words } });
    }
  }
  return [...found.values()].map(({ mark }) => mark);
}

/** Orders that strategies decided on, as marks with their reason. */
export function signalMarks(orders: readonly Order[], timeframe: Timeframe): Mark[] {
  const found = new Map<string, Mark>();
  for (const order of orders) {
    if (order.strategy === "manual" || order.parent !== 0) continue;
    const side = order.side === "sell" ? "sell" : "buy";
    const time = openOf(order.ts, timeframe);
    const id = `signal ${time} ${side} ${order.strategy}`;
    const words = `${order.strategy} wants to ${side} ${written(order.quantity)}: ${order.why || "no reason given"}, ${writtenTime(order.ts)}`;
    if (!found.has(id)) found.set(id, { id, time, kind: "signal", side, text: short(order.why || order.strategy), words });
  }
  return [...found.values()];
}

const short = (text: string): string => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

const TEXTS_MOST = 8; // in the candles in sight at first: more would stand on one another

/** Marks that have a candle to stand at, in order of time: the chart refuses others. Many marks go without text. */
export function placed(marks: readonly Mark[], candles: readonly Candle[]): Mark[] {
  const opens = new Set(candles.map(({ ts }) => secondOf(ts)));
  const found = marks.filter(({ time }) => opens.has(time)).sort((a, b) => a.time - b.time || a.id.localeCompare(b.id));
  const from = secondOf(candles.at(-IN_SIGHT)?.ts ?? 0);
  const crowded = found.filter(({ time }) => time >= from).length > TEXTS_MOST;
  return crowded ? found.map((mark) => ({ ...mark, text: "" })) : found;
}

/** One sentence about what a chart shows. */
export function summary(symbol: string, timeframe: string, candles: readonly Candle[]): string {
  const [first, last] = [candles[0], candles.at(-1)];
  if (!first || !last) return `${symbol}: no candles of ${timeframe}`;
  return `${symbol}, ${candles.length} candles of ${timeframe} from ${writtenTime(first.ts)} to ${writtenTime(last.ts)}, last ${written(last.close)}`;
}
