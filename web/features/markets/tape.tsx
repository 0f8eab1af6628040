"use client";

import { parseDecimal, written, writtenTime, zoneName } from "@/shared/format";
import { Empty, Failed, Loading, names } from "@/shared/ui";
import { useTape } from "./live";
import type { Market } from "./types";

const SHOWN = 80;

/** The newest trades of the market, newest first; the side is that of who took. */
export function Tape({ market }: { market: Market }): React.ReactElement {
  const { prints, loading, problem, retry } = useTape(market.symbol);
  const places = parseDecimal(market.tick)?.scale ?? 2;
  if (problem) return <Failed problem={problem} retry={retry} />;
  if (loading) return <Loading rows={8} />;
  if (prints.length === 0) return <Empty title="No trades yet">Trades of {market.symbol} appear here as they happen.</Empty>;
  return (
    <div className="h-full overflow-auto" tabIndex={0} role="region" aria-label={`Trades of ${market.symbol}`}>
      <table className="w-full table-fixed text-small">
        <thead className="sticky top-0 bg-panel">
          <tr className="text-soft">
            <th scope="col" className="h-6 w-[41%] px-1 text-right font-normal"><abbr title={`in ${market.quote}`} className="no-underline">Price</abbr></th>
            <th scope="col" className="px-1 text-right font-normal"><abbr title={`in ${market.base}`} className="no-underline">Size</abbr></th>
            <th scope="col" className="w-[31%] pl-1 pr-2 text-right font-normal" title={zoneName()}>Time</th>
          </tr>
        </thead>
        <tbody>
          {prints.slice(0, SHOWN).map((print) => (
            <tr key={print.seq} className="hover:bg-hover">
              <td className={names("number h-6 px-1 text-right", print.side === "buy" ? "text-gain" : print.side === "sell" ? "text-loss" : undefined)}>
                <span aria-hidden="true" className="mr-1">{print.side === "buy" ? "▲" : print.side === "sell" ? "▼" : ""}</span>
                <span className="sr-only">{print.side === "buy" ? "bought " : print.side === "sell" ? "sold " : ""}</span>
                {written(print.price, { places })}
              </td>
              <td className="number truncate px-1 text-right">{written(print.size)}</td>
              <td className="number pl-1 pr-2 text-right text-soft" title={writtenTime(print.ts, "moment", { millis: true })}>
                {writtenTime(print.ts, "time").split(" ")[0]}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
