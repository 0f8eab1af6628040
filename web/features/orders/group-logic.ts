// Plans of groups as they are typed: which numbers must be there, and how many orders come of it.

import { NO_NUMBER, add, compare, divide, multiply, parseDecimal, subtract } from "@/shared/format";

export interface GridForm {
  symbol: string;
  low: string;
  high: string;
  levels: string;
  quantity: string;
  spacing: "arithmetic" | "geometric";
  start: "both" | "buy" | "sell";
}

export interface LadderForm {
  symbol: string;
  side: "buy" | "sell";
  quantity: string;
  limit: string;
  safety_orders: string;
  safety_quantity: string;
  deviation: string;
  gap_scale: string;
  quantity_scale: string;
  take: string;
  stop: string;
  rounds: string;
}

type Words<T> = { [Field in keyof T]?: string | undefined };


const amount = (value: string, needed: boolean): string | undefined => {
  if (value.trim() === "") return needed ? "this is missing" : undefined;
  if (!parseDecimal(value)) return NO_NUMBER;
  return compare(value, "0") > 0 ? undefined : "it must be above zero";
};

const count = (value: string, least: number, most: number): string | undefined =>
  /^\d{1,7}$/.test(value.trim()) && Number(value) >= least && Number(value) <= most ? undefined : `a whole number from ${least} to ${most.toLocaleString("en")}`;

export function gridFaults(form: GridForm): Words<GridForm> {
  const [low, high] = [amount(form.low, true), amount(form.high, true)];
  return {
    symbol: form.symbol ? undefined : "choose a symbol",
    low,
    high: high ?? (!low && compare(form.high, form.low) <= 0 ? "it must be above the lowest price" : undefined),
    levels: count(form.levels, 2, 201),
    quantity: amount(form.quantity, true),
  };
}

export function ladderFaults(form: LadderForm): Words<LadderForm> {
  return {
    symbol: form.symbol ? undefined : "choose a symbol",
    quantity: amount(form.quantity, true),
    limit: amount(form.limit, false),
    safety_orders: count(form.safety_orders, 0, 50),
    safety_quantity: amount(form.safety_quantity, false),
    deviation: amount(form.deviation, true),
    gap_scale: amount(form.gap_scale, true),
    quantity_scale: amount(form.quantity_scale, true),
    take: amount(form.take, true),
    stop: amount(form.stop, false),
    rounds: count(form.rounds, 0, 1_000_000),
  };
}

/** The plan of a grid as it is sent. */
export const gridPlan = (form: GridForm): Record<string, unknown> => ({ form: "grid", symbol: form.symbol, low: form.low, high: form.high, levels: Number(form.levels), quantity: form.quantity, spacing: form.spacing, start: form.start });

/** The plan of a ladder as it is sent; what is empty is left out. */
export function ladderPlan(form: LadderForm): Record<string, unknown> {
  const { symbol, side, quantity, limit, safety_orders, safety_quantity, deviation, gap_scale, quantity_scale, take, stop, rounds } = form;
  return { form: "ladder", symbol, side, quantity, safety_orders: Number(safety_orders), deviation, gap_scale, quantity_scale, take, rounds: Number(rounds), ...(limit.trim() ? { limit } : {}), ...(safety_quantity.trim() ? { safety_quantity } : {}), ...(stop.trim() ? { stop } : {}) };
}

/** All that a ladder could come to hold: the first order and every safety order. */
export function ladderTotal(form: LadderForm): string | undefined {
  if (Object.values(ladderFaults(form)).some(Boolean)) return undefined;
  let [total, next] = [form.quantity, form.safety_quantity.trim() || form.quantity];
  for (let step = 0; step < Number(form.safety_orders); step += 1) {
    total = add(total, next);
    next = multiply(next, form.quantity_scale);
  }
  return total;
}

/** The distance of two neighbours in an even grid. */
export function gridGap(form: GridForm): string | undefined {
  if (Object.values(gridFaults(form)).some(Boolean) || form.spacing !== "arithmetic") return undefined;
  return divide(subtract(form.high, form.low), String(Number(form.levels) - 1), 8);
}
