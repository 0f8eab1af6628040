// The life of an order as steps with times: what each gate said, and how long it took.

import { written, writtenSpan, writtenTime } from "@/shared/format";
import type { Answer } from "@/shared/api";

export type Event = Answer<"/api/v1/orders/{order_id}/events", "get">["items"][number];

/** One step, as it is shown. */
export interface Step {
  seq: number;
  ts: number;
  title: string;
  text: string;
  passed: boolean;
  checks: readonly (readonly string[])[];
  numbers: readonly (readonly [string, string])[];
  /** Since the step before; empty for the first, and for steps of the same write. */
  after: string;
}

const TITLES: Record<string, string> = {
  received: "Received",
  held: "Held by the desk",
  triggered: "Trigger reached",
  approved: "Approved by risk",
  refused: "Refused",
  sent: "Sent to the venue",
  accepted: "Accepted by the venue",
  rejected: "Rejected by the venue",
  unknown: "Outcome not known",
  missing: "Looked for at the venue",
  filled: "Filled",
  cancel_sent: "Cancel sent",
  cancel_refused: "Cancel refused by the venue",
  replace_received: "Change asked for",
  replace_approved: "Change approved by risk",
  replace_refused: "Change refused",
  replace_sent: "Change sent to the venue",
  replaced: "Changed",
  canceled: "Cancelled",
  expired: "Expired",
  measured: "Cost measured",
  moved: "Worked on by the desk",
  posted: "Posted to the ledger",
  decision: "Decided by the strategy",
};

// Moments and spans come as ns; identifiers stand in the words already.
const MOMENTS: ReadonlySet<string> = new Set(["venue_ts", "fence", "due", "quoted", "decided"]);
const SPANS: ReadonlySet<string> = new Set(["delay", "ack"]);
const SAID: ReadonlySet<string> = new Set(["client_id", "venue_id", "trade_id", "attempt", "fee_currency", "currency", "scope", "rule", "actual"]);
const ENDS: ReadonlySet<string> = new Set(["canceled", "expired"]); // no step after it, but nothing that objects

const NS_PER_MS = 1e6;

/** A span between two records: microseconds where they are needed. */
export function span(ns: number): string {
  if (ns < 0) return "0 µs";
  if (ns < NS_PER_MS) return `${Math.round(ns / 1e3)} µs`;
  return ns < 10 * NS_PER_MS ? `${(ns / NS_PER_MS).toFixed(1)} ms` : writtenSpan(ns / NS_PER_MS);
}

/** What a step is called. */
export const titleOf = (event: string): string => TITLES[event] ?? event.replace(/_/g, " ").replace(/^./, (first) => first.toUpperCase());

/** The numbers of a step for people. */
function numbersOf(numbers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(numbers).flatMap(([name, value]): [string, string][] => {
    if (SAID.has(name) || value === "0") return [];
    if (MOMENTS.has(name)) return [[name === "venue_ts" ? "at the venue" : name, writtenTime(Number(value), "time", { millis: true })]];
    if (SPANS.has(name)) return [[name === "ack" ? "until accepted" : "until sent", span(Number(value))]];
    return [[name.replace(/_/g, " "), written(value)]];
  });
}

/** Steps with the time since the one before, oldest first. */
export function stepsOf(events: readonly Event[]): Step[] {
  return [...events]
    .sort((a, b) => a.seq - b.seq)
    .map((event, index, all) => {
      const before = all[index - 1];
      return {
        seq: event.seq,
        ts: event.ts,
        title: event.event === "triggered" && event.numbers.price === "0" ? "Released by the desk" : titleOf(event.event),
        text: event.text,
        passed: event.passed || ENDS.has(event.event),
        checks: event.checks,
        numbers: numbersOf(event.numbers),
        after: before && event.ts > before.ts ? span(event.ts - before.ts) : "",
      };
    });
}

/** From the first step to the last. */
export const whole = (steps: readonly Step[]): string => (steps.length > 1 ? span((steps.at(-1)?.ts ?? 0) - (steps[0]?.ts ?? 0)) : "");
