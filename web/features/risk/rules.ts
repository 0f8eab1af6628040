// Rules of risk in words. The server's own sentences come with the tree; these are their short names.

import { parseDecimal, round, written } from "@/shared/format";

const TITLES: Record<string, string> = {
  reduce_only: "Only shrink",
  instruments: "Only these symbols",
  restricted: "Not these symbols",
  trading_hours: "Trading hours",
  stale_data: "Age of data",
  max_quantity: "Order size",
  max_notional: "Order value",
  price_collar: "Price collar",
  order_rate: "Order rate",
  rate_breaker: "Rate breaker",
  refusal_breaker: "Refusal breaker",
  duplicate_window: "Same order again",
  max_open_orders: "Open orders",
  order_to_trade: "Orders for a fill",
  self_trade: "No self-trades",
  long_only: "Long only",
  max_position: "Position",
  max_gross: "Gross exposure",
  max_net: "Net exposure",
  concentration: "Concentration",
  leverage: "Leverage",
  daily_loss: "Daily loss",
  drawdown: "Drawdown",
};

let told: Record<string, string> = {};

/** Keeps the server's sentences about rules. */
export function keepWords(rules: readonly { rule: string; words: string }[]): void {
  told = Object.fromEntries(rules.map(({ rule, words }) => [rule, words]));
}

/** What a rule is, in a sentence of the server. */
export const inWords = (rule: string): string => told[rule] ?? "";

/** The short name of a rule; one that is not known here is shown as it is called. */
export const ruleTitle = (rule: string): string => TITLES[rule] ?? rule;

const inUnit = (text: string, unit: string): string => `${written(text)}${unit && unit !== "base" && unit !== "orders" ? ` ${unit}` : ""}`;

/** A limit as text, every digit of it: numbers with separators and unit, everything else as it was approved. */
export function valueOf(text: string, unit: string): string {
  return parseDecimal(text) ? inUnit(text, unit) : text;
}

/** What is used of a limit, for reading: money to two places, everything else to six. */
export function shortOf(text: string, unit: string): string {
  const found = parseDecimal(text);
  if (!found) return text;
  const most = unit === "" || unit === "base" || unit === "orders" || unit === "x" ? 6 : 2;
  return inUnit(found.scale > most ? round(text, most) : text, unit);
}
