"use client";

import { useMemo, useRef } from "react";
import { add, compare, divide, forChart, multiply, parseDecimal, subtract, written } from "@/shared/format";
import { Age, Badge, Failed, Loading, names } from "@/shared/ui";
import { useDepth } from "./live";
import type { Market } from "./types";
import { useSize } from "./use-size";

const ROW = 24;
const HEAD = 24;
const LEAST = 4;

interface Step {
  price: string;
  size: string;
  sum: string;
  /** Share of the deepest sum in sight, 0 to 1. */
  share: number;
}

/** Levels with the sum up to each of them, best first, and their share of `most`. */
export function stepsOf(levels: readonly (readonly [string, string])[], count: number): Step[] {
  let sum = "0";
  return levels.slice(0, count).map(([price, size]) => {
    sum = add(sum, size);
    return { price, size, sum, share: 0 };
  });
}

/** The same with shares of the larger side's sum, so that both sides can be compared. */
export function shared(bids: Step[], asks: Step[]): [Step[], Step[]] {
  const [deepest, other] = [bids.at(-1)?.sum ?? "0", asks.at(-1)?.sum ?? "0"];
  const most = forChart(compare(deepest, other) >= 0 ? deepest : other) || 1;
  const scaled = (steps: Step[]): Step[] => steps.map((step) => ({ ...step, share: forChart(step.sum) / most }));
  return [scaled(bids), scaled(asks)];
}

/** The book as a ladder: sells above, the spread, buys below; a price can be taken into the ticket. */
export function Ladder({ market, onPick }: { market: Market; onPick: (price: string) => void }): React.ReactElement {
  const { depth, live, loading, problem, retry } = useDepth(market.symbol);
  const place = useRef<HTMLDivElement>(null);
  const { height } = useSize(place);
  const count = Math.max(LEAST, Math.floor((height - HEAD * 2 - ROW) / ROW / 2));
  const [bids, asks] = useMemo(() => (depth ? shared(stepsOf(depth.bids as [string, string][], count), stepsOf(depth.asks as [string, string][], count)) : [[], []]), [depth, count]);
  const places = parseDecimal(market.tick)?.scale ?? 2;
  return (
    <div ref={place} className="flex h-full min-h-0 flex-col overflow-hidden">
      {problem ? (
        <Failed problem={problem} retry={retry} />
      ) : loading || !depth ? (
        <Loading rows={8} />
      ) : (
        <table className="w-full table-fixed text-small">
          <thead>
            <tr className="text-soft">
              <th scope="col" className="h-6 px-2 text-right font-normal"><abbr title={`in ${market.quote}`} className="no-underline">Price</abbr></th>
              <th scope="col" className="px-2 text-right font-normal"><abbr title={`in ${market.base}`} className="no-underline">Size</abbr></th>
              <th scope="col" className="px-2 text-right font-normal">Sum</th>
            </tr>
          </thead>
          <tbody aria-label="Sells">
            {padded(asks, count).reverse().map((step, index) => (
              <Rung key={step?.price ?? `no ask ${index}`} step={step} side="sell" places={places} onPick={onPick} />
            ))}
          </tbody>
          <tbody>
            <tr className="border-y">
              <td colSpan={3} className="h-6 px-2">
                <Spread bid={depth.bids[0]?.[0]} ask={depth.asks[0]?.[0]} quote={market.quote} valid={depth.valid} />
              </td>
            </tr>
          </tbody>
          <tbody aria-label="Buys">
            {padded(bids, count).map((step, index) => (
              <Rung key={step?.price ?? `no bid ${index}`} step={step} side="buy" places={places} onPick={onPick} />
            ))}
          </tbody>
        </table>
      )}
      {depth && !live ? (
        <p className="mt-auto px-2 text-small text-faint">
          As of <Age ns={depth.ts} late_ms={5_000} />
        </p>
      ) : null}
    </div>
  );
}

const padded = (steps: readonly Step[], count: number): (Step | undefined)[] => Array.from({ length: count }, (_, index) => steps[index]);

function Rung({ step, side, places, onPick }: { step: Step | undefined; side: "buy" | "sell"; places: number; onPick: (price: string) => void }): React.ReactElement {
  if (!step) {
    return (
      <tr aria-hidden="true">
        <td colSpan={3} className="h-6" />
      </tr>
    );
  }
  const words = `${side === "buy" ? "Bid" : "Ask"} ${written(step.price, { places })}, take it as the limit`;
  return (
    <tr className="hover:bg-hover">
      <td className="h-6 px-2 text-right">
        <button type="button" aria-label={words} className={names("number h-6 w-full text-right hover:underline", side === "buy" ? "text-gain" : "text-loss")} onClick={() => onPick(step.price)}>
          {written(step.price, { places })}
        </button>
      </td>
      <td className="number px-2 text-right">{written(step.size)}</td>
      <td className="number relative px-2 text-right text-soft">
        <span aria-hidden="true" className={names("absolute inset-y-px right-0", side === "buy" ? "bg-gain-wash" : "bg-loss-wash")} style={{ width: `${step.share * 100}%` }} />
        <span className="relative">{written(step.sum)}</span>
      </td>
    </tr>
  );
}

function Spread({ bid, ask, quote, valid }: { bid: string | undefined; ask: string | undefined; quote: string; valid: boolean }): React.ReactElement {
  if (!bid || !ask) return <span className="text-soft">One side is empty</span>;
  const spread = subtract(ask, bid);
  const bps = divide(multiply(spread, "10000"), ask, 2) ?? "0";
  return (
    <span className="flex items-center gap-2 text-soft">
      <span className="number">
        Spread {written(spread)} {quote}
      </span>
      <span className="number">{written(bps)} bps</span>
      {valid ? null : <Badge tone="warn">not to be used</Badge>}
    </span>
  );
}
