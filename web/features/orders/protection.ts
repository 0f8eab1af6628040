// Orders that protect a position: what comes back when one is cancelled, and where the protection ends.

import { isOpen } from "../markets/live";
import type { Order } from "../markets/types";

/** What a protective order is to a person: what it guards, what follows from its end, and where that is decided. */
export interface Protection {
  guards: string;
  follows: string;
  rid: string;
  href: string;
  where: string;
}

/** What an order protects; undefined when it protects nothing. */
export function protectionOf(order: Order): Protection | undefined {
  const { role, parent, symbol, strategy } = order;
  if ((role !== "stop" && role !== "take") || !isOpen(order)) return undefined;
  const opened = parent > 0 ? `what order ${parent} opened` : `the position of ${strategy}`;
  const byHand = strategy === "manual";
  return {
    guards: `This ${role} protects ${opened} in ${symbol}.`,
    follows: parent > 0 ? `Another with the same terms takes its place at once, as long as part of that is open.` : `${strategy} placed it. Where it places no other within seconds, the desk puts one in its place.`,
    rid: byHand ? `To be rid of it, close that position: its protection ends with it.` : `To be rid of it, close the position of ${strategy}, or let it enter with other protection (a new version of its parameters).`,
    href: byHand ? `/markets?symbol=${encodeURIComponent(symbol)}` : `/strategies?id=${encodeURIComponent(strategy)}`,
    where: byHand ? `Open ${symbol}` : `Open ${strategy}`,
  };
}
