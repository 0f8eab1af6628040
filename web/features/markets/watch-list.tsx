"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import { compare } from "@/shared/format";
import { Button, Empty, FailedLine, IconButton, Loading, names, Percent, Popover, Price, Select, useRemembered } from "@/shared/ui";
import type { Told } from "./live";
import type { Market } from "./types";

type Order = "own" | "symbol" | "change" | "volume";
const ORDERS: readonly (readonly [Order, string])[] = [
  ["own", "As added"],
  ["symbol", "By name"],
  ["change", "By change"],
  ["volume", "By volume"],
];
const RESORT_MS = 10_000;

const bySize = (a: string | null, b: string | null): number => (a === null || b === null ? Number(a === null) - Number(b === null) : compare(b, a));

/** Symbols in the chosen order; symbols stay where they are while the pointer is over them. */
function useSorted(markets: readonly Market[], order: Order, held: boolean): readonly Market[] {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((before) => before + 1), RESORT_MS);
    return () => clearInterval(timer);
  }, []);
  const places = useRef<{ sign: string; symbols: readonly string[] }>({ sign: "", symbols: [] });
  const all = markets.map(({ symbol }) => symbol).join();
  const sign = `${order} ${turn} ${all}`;
  if (places.current.sign !== sign && !(held && places.current.symbols.length === markets.length)) {
    const sorted = [...markets];
    if (order === "symbol") sorted.sort((a, b) => a.symbol.localeCompare(b.symbol));
    if (order === "change") sorted.sort((a, b) => bySize(a.change_percent, b.change_percent));
    if (order === "volume") sorted.sort((a, b) => bySize(a.volume, b.volume));
    places.current = { sign, symbols: sorted.map(({ symbol }) => symbol) };
  }
  const bySymbol = new Map(markets.map((market) => [market.symbol, market]));
  return places.current.symbols.flatMap((symbol) => bySymbol.get(symbol) ?? []);
}

/** Symbols that somebody watches, with last price and change; the choice stays in this browser. */
export function WatchList({ all, told, chosen, onChoose }: { all: readonly Market[]; told: Told; chosen: string; onChoose: (symbol: string) => void }): React.ReactElement {
  const [watched, setWatched] = useRemembered<readonly string[] | null>("markets.watched", null);
  const [order, setOrder] = useRemembered<Order>("markets.order", "own");
  const [held, setHeld] = useState(false);
  const markets = useMemo(() => {
    if (watched === null) return all;
    const bySymbol = new Map(all.map((market) => [market.symbol, market]));
    return watched.flatMap((symbol) => bySymbol.get(symbol) ?? []);
  }, [all, watched]);
  const sorted = useSorted(markets, order, held);
  return (
    <section aria-label="Watch-list" className="flex h-full min-h-0 flex-col rounded border bg-panel">
      <header className="flex min-h-10 items-center gap-1 border-b px-2">
        <h2 className="mr-auto whitespace-nowrap font-strong">Watch-list</h2>
        <Select bare label="Order of the watch-list" value={order} onChange={setOrder} options={ORDERS} className="w-24" />
        <Chooser all={all} watched={watched ?? all.map(({ symbol }) => symbol)} onChange={setWatched} />
      </header>
      {told.problem ? (
        <div className="p-2">
          <FailedLine problem={told.problem} writes={false} />
        </div>
      ) : told.loading ? (
        <Loading rows={4} />
      ) : sorted.length === 0 ? (
        <Empty title="Nothing is watched" action={<Button onClick={() => setWatched(null)}>Watch all symbols</Button>} />
      ) : (
        <div className="min-h-0 flex-1 overflow-auto" onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}>
          <table className="w-full">
            <thead className="sr-only">
              <tr>
                <th scope="col">Symbol</th>
                <th scope="col">Last</th>
                <th scope="col">Change of 24 hours</th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((market) => (
                <Row key={market.symbol} market={market} at={market.symbol === chosen} onChoose={onChoose} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ market, at, onChoose }: { market: Market; at: boolean; onChoose: (symbol: string) => void }): React.ReactElement {
  const { symbol, last, tick, change_percent, valid, venue } = market;
  return (
    <tr className={names("cursor-pointer border-b hover:bg-hover", at && "bg-accent-wash")} onClick={() => onChoose(symbol)}>
      <th scope="row" className="h-[var(--row)] pl-2 pr-1 text-left font-normal">
        <button type="button" aria-current={at || undefined} className={names("block text-left", at && "font-strong")} onClick={() => onChoose(symbol)} title={`${symbol} on ${venue}`}>
          {symbol}
        </button>
      </th>
      <td className="px-1 text-right">
        {valid ? <Price value={last} tick={tick} /> : <span className="text-warn" title="The newest quote must not be traded on">stale</span>}
      </td>
      <td className="whitespace-nowrap pl-1 pr-2 text-right text-small">
        <Percent value={change_percent} percent change />
      </td>
    </tr>
  );
}

function Chooser({ all, watched, onChange }: { all: readonly Market[]; watched: readonly string[]; onChange: (symbols: readonly string[]) => void }): React.ReactElement {
  const [wanted, setWanted] = useState("");
  const found = all.filter(({ symbol }) => symbol.toLowerCase().includes(wanted.trim().toLowerCase()));
  const toggle = (symbol: string): void => onChange(watched.includes(symbol) ? watched.filter((one) => one !== symbol) : [...watched, symbol]);
  return (
    <Popover label="Symbols of the watch-list" trigger={<IconButton small icon="plus" label="Add or remove symbols" />}>
      <div className="flex w-56 flex-col gap-2">
        <input type="search" aria-label="Find a symbol" placeholder="Find a symbol" className="control w-full" value={wanted} onChange={(event) => setWanted(event.target.value)} />
        <div className="max-h-72 overflow-auto">
          {found.map(({ symbol }) => (
            <label key={symbol} className="flex h-8 items-center gap-2">
              <input type="checkbox" className="size-4 accent-accent-strong" checked={watched.includes(symbol)} onChange={() => toggle(symbol)} />
              {symbol}
            </label>
          ))}
          {found.length === 0 ? <p className="text-soft">No symbol of this venue is called so.</p> : null}
        </div>
      </div>
    </Popover>
  );
}
