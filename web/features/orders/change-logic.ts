// What of a working order can be changed, and how: in place, or by ending it and placing another.

import { amountFault, compare, parseDecimal, subtract, trimmed, written } from "@/shared/format";
import type { OrderFields } from "../markets/ticket-logic";
import type { Order } from "../markets/types";

/** What the dialog holds, as typed. */
export interface Change {
  quantity: string;
  limit: string;
  trigger: string;
}

const WORKING: ReadonlySet<string> = new Set(["accepted", "partially_filled", "held"]);
const ALGOS: ReadonlySet<string> = new Set(["twap", "vwap", "pov", "iceberg"]);
const LIMITED_HERE: ReadonlySet<string> = new Set(["limit", "stop_limit"]); // whose limit the order path replaces
const TRIGGERED: ReadonlySet<string> = new Set(["stop", "stop_limit", "touch", "touch_limit"]);

/** Whether anything of an order can be changed. */
export const mayChange = (order: Order): boolean => WORKING.has(order.status) && !ALGOS.has(order.kind);

/** Which fields an order's kind has. */
export const fieldsOf = ({ kind }: Order): { limit: boolean; trigger: boolean } => ({ limit: LIMITED_HERE.has(kind), trigger: TRIGGERED.has(kind) });

/** Why the trigger stays; undefined when it can be given anew. */
export function triggerStays({ strategy, parent, group_id, tif, role }: Order): string | undefined {
  if (parent > 0) return `its ${role === "take" ? "take" : "stop"} was given with order ${parent}, and stays as it is while that is open`;
  if (group_id > 0) return `group ${group_id} places it: change the group`;
  if (strategy !== "manual") return `${strategy} decides on it`;
  return tif === "gtd" ? "it has an end of its own: cancel it, and give it anew in the ticket" : undefined;
}

/** A change as it stood when the dialog opened. */
export const changeOf = ({ quantity, limit, trigger }: Order): Change => ({ quantity, limit: limit ?? "", trigger: trigger ?? "" });

function fault(name: string, value: string): string | undefined {
  if (value.trim() === "") return `${name} is missing`;
  return amountFault(value);
}

/** What is wrong with a change, field by field. */
export function changeFaults(order: Order, values: Change): Partial<Record<keyof Change, string>> {
  const has = fieldsOf(order);
  const more = (): string | undefined => (compare(values.quantity, order.filled) <= 0 ? `${written(order.filled)} is filled already: ask for more than that, or cancel it` : undefined);
  const found = {
    quantity: fault("quantity", values.quantity) ?? more(),
    limit: has.limit ? fault("limit", values.limit) : undefined,
    trigger: has.trigger ? fault("trigger", values.trigger) : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, words]) => words !== undefined));
}

/** Whether another trigger is asked for: then it is no change in place. */
export const movesTrigger = (order: Order, values: Change): boolean => fieldsOf(order).trigger && parseDecimal(values.trigger) !== undefined && compare(values.trigger, order.trigger ?? "0") !== 0;

/** What is sent for a change in place; empty when nothing differs. */
export function amendment(order: Order, { quantity, limit }: Change): { quantity?: string; limit?: string } {
  return {
    ...(compare(quantity, order.quantity) === 0 ? {} : { quantity: trimmed(quantity) }),
    ...(fieldsOf(order).limit && compare(limit, order.limit ?? "0") !== 0 ? { limit: trimmed(limit) } : {}),
  };
}

/** The order that takes the place of one with another trigger: what is not filled of it; undefined when nothing is left. */
export function successor(order: Order, { quantity, limit, trigger }: Change): OrderFields | undefined {
  const left = subtract(quantity, order.filled);
  if (compare(left, "0") <= 0) return undefined;
  const { symbol, side, kind, tif, stop, take } = order;
  return {
    symbol,
    side: side as OrderFields["side"],
    kind: kind as OrderFields["kind"],
    tif: tif as OrderFields["tif"],
    quantity: trimmed(left),
    trigger: trimmed(trigger),
    ...(order.limit === null ? {} : { limit: trimmed(limit) }),
    ...(order.reduce_only ? { reduce_only: true } : {}),
    ...(stop === null ? {} : { stop }),
    ...(take === null ? {} : { take }),
  };
}
