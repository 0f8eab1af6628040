// A ticket as it is typed becomes an order as it is sent. Amounts stay decimal text; the words of problems are the server's own.

import { NO_NUMBER, amountFault, compare, divide, multiply, parseDecimal, subtract, toText, trimmed, written, type Decimal } from "@/shared/format";

/** Kinds of orders, as the server names them. */
export type Kind = "market" | "limit" | "stop" | "stop_limit" | "trailing" | "touch" | "touch_limit" | "twap" | "vwap" | "pov" | "iceberg";
export type Side = "buy" | "sell";
export type Tif = "gtc" | "gtd" | "day" | "ioc" | "fok";

/** What the ticket needs of a market. */
export interface Terms {
  symbol: string;
  base: string;
  quote: string;
  tick: string;
  lot: string;
  min_quantity: string;
  max_quantity: string;
  min_notional: string;
  bid: string | null;
  ask: string | null;
}

/** The ticket as it stands: all text is as typed. */
export interface Ticket {
  side: Side;
  kind: Kind;
  /** In base units, or in quote units when `unit` says so. */
  amount: string;
  unit: "base" | "quote";
  limit: string;
  trigger: string;
  trail: string;
  trailUnit: "price" | "percent";
  tif: Tif;
  /** As a datetime-local field gives it, in the browser's zone. */
  until: string;
  postOnly: boolean;
  reduceOnly: boolean;
  stop: string;
  take: string;
  minutes: string;
  slices: string;
  participation: string;
  display: string;
}

export const BLANK: Ticket = {
  side: "buy",
  kind: "market",
  amount: "",
  unit: "base",
  limit: "",
  trigger: "",
  trail: "",
  trailUnit: "percent",
  tif: "gtc",
  until: "",
  postOnly: false,
  reduceOnly: false,
  stop: "",
  take: "",
  minutes: "30",
  slices: "",
  participation: "10",
  display: "",
};

/** The order as it goes over the wire; its key is added when it is sent. */
export interface OrderFields {
  symbol: string;
  side: Side;
  kind: Kind;
  quantity: string;
  tif: Tif;
  limit?: string;
  trigger?: string;
  trail?: string;
  trail_percent?: boolean;
  until?: number;
  post_only?: boolean;
  reduce_only?: boolean;
  stop?: string;
  take?: string;
  duration?: number;
  slices?: number;
  participation?: string;
  display?: string;
}

/** Which fields a kind asks for. */
export interface Shape {
  limit: boolean;
  trigger: boolean;
  trail: boolean;
  duration: boolean;
  participation: boolean;
  display: boolean;
  tifs: readonly Tif[];
}

const ALL_TIFS: readonly Tif[] = ["gtc", "gtd", "day", "ioc", "fok"];
const RESTING_TIFS: readonly Tif[] = ["gtc", "gtd", "day"];
const LIMITED: ReadonlySet<Kind> = new Set(["limit", "stop_limit", "touch_limit", "iceberg"]);
const STOPS: ReadonlySet<string> = new Set(["stop", "stop_limit"]);
const TRIGGERED: ReadonlySet<Kind> = new Set(["stop", "stop_limit", "touch", "touch_limit"]);
const TIMED: ReadonlySet<Kind> = new Set(["twap", "vwap"]);

/** What a kind needs. */
export function shapeOf(kind: Kind): Shape {
  return {
    limit: LIMITED.has(kind),
    trigger: TRIGGERED.has(kind),
    trail: kind === "trailing",
    duration: TIMED.has(kind),
    participation: kind === "pov",
    display: kind === "iceberg",
    tifs: kind === "limit" || kind === "market" ? ALL_TIFS : RESTING_TIFS,
  };
}

const isMultiple = (value: string, step: string): boolean => {
  const [a, b] = [parseDecimal(value), parseDecimal(step)];
  if (!a || !b || b.digits === 0n) return true;
  const scale = Math.max(a.scale, b.scale);
  return (a.digits * 10n ** BigInt(scale - a.scale)) % (b.digits * 10n ** BigInt(scale - b.scale)) === 0n;
};

/** The largest multiple of `step` that is not above `value` (which is not negative). */
export function down(value: string, step: string): string {
  const [a, b] = [parseDecimal(value), parseDecimal(step)];
  if (!a || !b || b.digits === 0n) return value;
  const scale = Math.max(a.scale, b.scale);
  const [x, y] = [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale)];
  return toText({ digits: x - (x % y), scale } satisfies Decimal);
}

const plain = (value: string): string => trimmed(value);
const above = (value: string): boolean => compare(value, "0") > 0;

/** The price that turns an amount of the quote currency into a quantity: the limit or trigger, else the side of the book. */
export function reckonedPrice(ticket: Ticket, terms: Terms): string | undefined {
  const shape = shapeOf(ticket.kind);
  const typed = shape.limit ? ticket.limit : shape.trigger ? ticket.trigger : "";
  const found = typed.trim() || (ticket.side === "buy" ? terms.ask : terms.bid) || "";
  return parseDecimal(found) && above(found) ? found : undefined;
}

/** The quantity in base units, in whole lots; undefined while it cannot be said. */
export function quantityOf(ticket: Ticket, terms: Terms): string | undefined {
  if (!parseDecimal(ticket.amount)) return undefined;
  if (ticket.unit === "base") return plain(ticket.amount);
  const price = reckonedPrice(ticket, terms);
  if (price === undefined) return undefined;
  const bought = divide(ticket.amount, price, 18);
  if (bought === undefined) return undefined;
  const lots = down(bought, terms.lot);
  // Rounding half to even at the 18th place may have gone up; a lot less is never more than was meant.
  return plain(compare(multiply(lots, price), ticket.amount) > 0 ? subtract(lots, terms.lot) : lots);
}

/** The words for each field that is wrong. */
export type Wrong = { [Field in keyof Ticket]?: string | undefined };


/** Why the quantity of a ticket cannot be sent; undefined when it can. */
export function quantityFault(ticket: Ticket, terms: Terms): string | undefined {
  const typed = amountFault(ticket.amount);
  if (typed) return typed;
  const quantity = quantityOf(ticket, terms);
  if (quantity === undefined) return "no price is known to turn it into a quantity";
  const { symbol, lot, min_quantity: least, max_quantity: most } = terms;
  if (!above(quantity)) return `it buys less than one lot of ${plain(lot)} ${terms.base}`;
  if (!isMultiple(quantity, lot)) {
    const near = [down(quantity, lot), lot, least].reduce((a, b) => (compare(a, b) >= 0 ? a : b));
    return `quantity ${quantity} does not fit the lot of ${symbol}; expected: a multiple of ${plain(lot)}; fix: for example ${plain(near)}`;
  }
  if (compare(quantity, least) < 0) return `quantity ${quantity} is too small for ${symbol}; expected: at least ${plain(least)}; fix: ask for more`;
  if (compare(quantity, most) > 0) return `quantity ${quantity} is too large for ${symbol}; expected: at most ${plain(most)}; fix: ask for less`;
  return undefined;
}

/** What the button does; a quantity that cannot be sent is not spelt out. */
export const verb = (ticket: Ticket, terms: Terms): string => {
  const quantity = quantityFault(ticket, terms) ? undefined : quantityOf(ticket, terms);
  return `${ticket.side === "buy" ? "Buy" : "Sell"} ${quantity ? `${written(quantity)} ` : ""}${terms.base}`;
};

function priceFault(name: string, value: string, terms: Terms, needed: boolean, onTick = true): string | undefined {
  if (value.trim() === "") return needed ? `${name} is missing` : undefined;
  const typed = amountFault(value);
  if (typed) return typed;
  if (onTick && !isMultiple(value, terms.tick)) {
    const near = compare(down(value, terms.tick), terms.tick) >= 0 ? down(value, terms.tick) : terms.tick;
    return `${name} ${plain(value)} is off the tick of ${terms.symbol}; expected: a multiple of ${plain(terms.tick)}; fix: for example ${plain(near)}`;
  }
  return undefined;
}

function protectionFault(name: "stop" | "take", ticket: Ticket, terms: Terms): string | undefined {
  const value = ticket[name];
  const fault = priceFault(name, value, terms, false);
  const entry = reckonedPrice(ticket, terms);
  if (fault || value.trim() === "" || entry === undefined) return fault;
  const below = (name === "stop") === (ticket.side === "buy");
  const order = compare(value, entry);
  if (order === 0 || order < 0 !== below) {
    const where = below ? "below" : "above";
    return `${name} ${plain(value)} is on the wrong side of ${plain(entry)}; expected: a price ${where} it for a ${ticket.side}; fix: give a ${name} ${where} the entry`;
  }
  return undefined;
}

const wholeFault = (name: string, value: string, most: number, needed: boolean): string | undefined => {
  if (value.trim() === "") return needed ? `${name} is missing` : undefined;
  return /^\d{1,9}$/.test(value.trim()) && Number(value) >= 1 && Number(value) <= most ? undefined : `${name}: a whole number from 1 to ${most}`;
};

/** Why a trigger would not wait: the market has passed it already, by the side of the book that says so for sure. */
export function passedFault({ kind, side }: { kind: string; side: string }, trigger: string, { bid, ask }: Pick<Terms, "bid" | "ask">): string | undefined {
  if (!TRIGGERED.has(kind as Kind)) return undefined;
  const above = (side === "buy") === STOPS.has(kind);
  const market = above ? bid : ask;
  if (!market || parseDecimal(trigger) === undefined) return undefined;
  const order = compare(trigger, market);
  if (above ? order > 0 : order < 0) return undefined;
  const where = above ? "above" : "below";
  return `trigger ${plain(trigger)} would go off at once; expected: a price ${where} ${plain(market)}, so that it waits; fix: give a trigger ${where} the market`;
}

/** What is wrong with a ticket, field by field; nothing for fields that its kind does not use. */
export function faults(ticket: Ticket, terms: Terms, now_ms: number): Wrong {
  const shape = shapeOf(ticket.kind);
  const percent = ticket.trailUnit === "percent";
  const found: Wrong = {
    amount: quantityFault(ticket, terms),
    limit: shape.limit ? priceFault("limit", ticket.limit, terms, true) : undefined,
    trigger: shape.trigger ? (priceFault("trigger", ticket.trigger, terms, true) ?? passedFault(ticket, ticket.trigger, terms)) : undefined,
    trail: shape.trail ? priceFault("trail", ticket.trail, terms, true, !percent) : undefined,
    stop: protectionFault("stop", ticket, terms),
    take: protectionFault("take", ticket, terms),
    minutes: shape.duration ? wholeFault("minutes", ticket.minutes, 10_080, true) : undefined,
    slices: shape.duration ? wholeFault("slices", ticket.slices, 10_000, false) : undefined,
    participation: shape.participation ? participationFault(ticket.participation) : undefined,
    display: shape.display ? priceFault("display", ticket.display, { ...terms, tick: terms.lot }, true) : undefined,
    until: ticket.tif === "gtd" ? untilFault(ticket.until, now_ms) : undefined,
  };
  if (percent && shape.trail && !found.trail && compare(ticket.trail, "100") >= 0) found.trail = `trail is ${plain(ticket.trail)} percent; expected: less than 100 percent; fix: give a smaller distance`;
  return Object.fromEntries(Object.entries(found).filter(([, words]) => words !== undefined));
}

const participationFault = (value: string): string | undefined =>
  !parseDecimal(value) ? NO_NUMBER : above(value) && compare(value, "100") <= 0 ? undefined : "a share of the volume above 0 %, at most 100 %";

function untilFault(value: string, now_ms: number): string | undefined {
  const at = Date.parse(value);
  if (Number.isNaN(at)) return "choose when it ends";
  return at > now_ms ? undefined : "this time has passed; give a later end";
}

const NS_PER_MINUTE = 60_000_000_000;

/** The order of a ticket without faults; undefined while it has some. */
export function orderOf(ticket: Ticket, terms: Terms, now_ms: number): OrderFields | undefined {
  const quantity = quantityOf(ticket, terms);
  if (quantity === undefined || Object.keys(faults(ticket, terms, now_ms)).length > 0) return undefined;
  const shape = shapeOf(ticket.kind);
  const tif = shape.tifs.includes(ticket.tif) ? ticket.tif : "gtc";
  const protects = !ticket.reduceOnly;
  return {
    symbol: terms.symbol,
    side: ticket.side,
    kind: ticket.kind,
    quantity,
    tif,
    ...(shape.limit ? { limit: plain(ticket.limit) } : {}),
    ...(shape.trigger ? { trigger: plain(ticket.trigger) } : {}),
    ...(shape.trail ? { trail: plain(ticket.trail), trail_percent: ticket.trailUnit === "percent" } : {}),
    ...(tif === "gtd" ? { until: Date.parse(ticket.until) * 1_000_000 } : {}),
    ...(ticket.postOnly && ticket.kind === "limit" ? { post_only: true } : {}),
    ...(ticket.reduceOnly ? { reduce_only: true } : {}),
    ...(protects && ticket.stop.trim() ? { stop: plain(ticket.stop) } : {}),
    ...(protects && ticket.take.trim() ? { take: plain(ticket.take) } : {}),
    ...(shape.duration ? { duration: Number(ticket.minutes) * NS_PER_MINUTE } : {}),
    ...(shape.duration && ticket.slices.trim() ? { slices: Number(ticket.slices) } : {}),
    ...(shape.participation ? { participation: plain(divide(ticket.participation, "100", 18) ?? "0") } : {}),
    ...(shape.display ? { display: plain(ticket.display) } : {}),
  };
}

/** A key for one intent: the same until its answer is known, so that it is one order however often it is sent. */
export class IntentKey {
  private kept: { text: string; key: string } | undefined;

  constructor(private readonly make: () => string = () => crypto.randomUUID()) {}

  /** The key of these fields. */
  of(fields: OrderFields): string {
    const text = JSON.stringify(fields);
    if (this.kept?.text !== text) this.kept = { text, key: this.make() };
    return this.kept.key;
  }

  /** The answer is known: the next order is another one, even if it looks the same. */
  settled(): void {
    this.kept = undefined;
  }
}
