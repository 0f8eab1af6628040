"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { call, useApi, type Answer } from "@/shared/api";
import { ChartFrame, ChartNotice, chartLibrary, useColours, type Library } from "@/shared/charts";
import { forChart, parseDecimal, written, writtenTime } from "@/shared/format";
import { Empty, Failed, Loading, names, Select, useRemembered } from "@/shared/ui";
import { fillMarks, fitting, joined, placed, secondOf, signalMarks, summary, TIMEFRAMES, type Mark, type Timeframe } from "./chart-data";
import { Drawing } from "./drawing";
import { IndicatorPicker, label, type Shows } from "./indicators";
import { useCandles, useFillsOf, useOrdersOf } from "./live";
import type { Candle, Indicator, Market } from "./types";
import { useSize } from "./use-size";

const FRAMES = Object.keys(TIMEFRAMES).map((name) => [name, name] as const) as unknown as readonly (readonly [Timeframe, string])[];
const SHOWS: Shows = { fills: true, signals: false, orders: true, volume: true };
const TOOLS = 32;
const NOTICE = 24;
const NOTICE_TWICE = 42; // on two lines
const NOTICE_WIDTH = 446; // what one line of it needs
const LEAST = 160;
const ROOM = 5_000; // candles that one page of the server may hold

/** Candles of a market with indicators, own fills, strategies' signals and open orders. */
export function Chart({ market, height }: { market: Market; height?: number }): React.ReactElement {
  const [wanted, setTimeframe] = useRemembered<Timeframe | null>("markets.timeframe", null);
  const [fits] = useState(() => fitting(market.since_ns, Date.now()));
  const timeframe = wanted ?? fits;
  const [chosen, setChosen] = useRemembered<readonly string[]>("markets.indicators", ["ema:20", "bbands:20:2"]);
  const [shows, setShows] = useRemembered<Shows>("markets.shows", SHOWS);
  const place = useRef<HTMLDivElement>(null);
  const room = useSize(place);
  const tools = (
    <div className="flex items-center gap-2">
      <Select bare label="Length of a candle" value={timeframe} onChange={setTimeframe} options={FRAMES} className="w-20" />
      <IndicatorPicker chosen={chosen} onChange={setChosen} shows={shows} onShows={setShows} />
    </div>
  );
  const drawn = height ?? Math.max(LEAST, room.height - TOOLS - (room.width < NOTICE_WIDTH ? NOTICE_TWICE : NOTICE));
  return (
    <div ref={place} className="flex h-full min-h-0 min-w-0 flex-col overflow-hidden">
      <Candles key={`${market.symbol} ${timeframe}`} market={market} timeframe={timeframe} chosen={chosen} shows={shows} tools={tools} height={drawn} />
      <ChartNotice />
    </div>
  );
}

interface Shape {
  market: Market;
  timeframe: Timeframe;
  chosen: readonly string[];
  shows: Shows;
  tools: React.ReactElement;
  height: number;
}

/** Candles before those that the first question gave, fetched as somebody goes back. */
function useOlder(symbol: string, timeframe: Timeframe, next: string | null): { older: readonly Candle[]; fetchOlder: () => void } {
  const [older, setOlder] = useState<readonly Candle[]>([]);
  const after = useRef<string | null | undefined>(undefined);
  const busy = useRef(false);
  const fetchOlder = useCallback(() => {
    const from = after.current === undefined ? next : after.current;
    if (busy.current || !from) return;
    busy.current = true;
    call<Answer<"/api/v1/markets/candles", "get">>("get", "/api/v1/markets/candles", { query: { symbol, timeframe, limit: 1_000, after: from } })
      .then((page) => {
        after.current = page.next;
        setOlder((before) => joined(page.items, before));
      })
      .catch(() => undefined) // going back a second time asks again
      .finally(() => {
        busy.current = false;
      });
  }, [symbol, timeframe, next]);
  return { older, fetchOlder };
}

function useMarks(symbol: string, timeframe: Timeframe, candles: readonly Candle[], shows: Shows): { marks: readonly Mark[]; open: ReturnType<typeof useOrdersOf>["open"] } {
  const fills = useFillsOf(symbol);
  const { orders, open } = useOrdersOf(symbol);
  const marks = useMemo(() => placed([...(shows.fills ? fillMarks(fills, timeframe) : []), ...(shows.signals ? signalMarks(orders, timeframe) : [])], candles), [fills, orders, timeframe, candles, shows.fills, shows.signals]);
  return { marks, open };
}

function Candles({ market, timeframe, chosen, shows, tools, height }: Shape): React.ReactElement {
  const { symbol } = market;
  const { candles: newest, next, missing, loading, problem, retry } = useCandles(symbol, timeframe);
  const { older, fetchOlder } = useOlder(symbol, timeframe, next);
  const candles = useMemo(() => joined(older, newest), [older, newest]);
  const step_ms = TIMEFRAMES[timeframe] * 1_000;
  const indicators = useApi("/api/v1/markets/indicators", {
    query: { symbol, timeframe, wanted: [...chosen], limit: Math.min(ROOM, Math.max(600, candles.length)) },
    when: chosen.length > 0 && newest.length > 0,
    every_ms: Math.max(5_000, Math.min(step_ms, 60_000)),
    keep: true,
  });
  const lines = useMemo(() => (chosen.length > 0 && indicators.data ? indicators.data : { ts: [], items: [] }), [chosen.length, indicators.data]);
  const { marks, open } = useMarks(symbol, timeframe, candles, shows);
  const [at, setAt] = useState<number>();
  const table = useCallback(
    () => ({ head: ["Time", "Open", "High", "Low", "Close", `Volume ${market.base}`], rows: candles.map((one) => [writtenTime(one.ts), written(one.open), written(one.high), written(one.low), written(one.close), written(one.volume)]) }),
    [candles, market.base],
  );
  const gap = missing.find(({ from_ns }) => from_ns > 0);
  return (
    <ChartFrame label={`${symbol} ${timeframe}`} summary={summary(symbol, timeframe, candles)} table={table} height={height} tools={tools}>
      {() => (
        <div className="flex h-full min-h-0 flex-col">
          <Legend market={market} candles={candles} at={at} items={lines.items} ts={lines.ts} problem={chosen.length > 0 ? indicators.error?.message : undefined} />
          {problem ? (
            <Failed problem={problem} retry={retry} />
          ) : loading ? (
            <Loading rows={8} label="Loading candles" />
          ) : candles.length === 0 ? (
            <Empty title={`No trades of ${symbol} yet`}>The first candle appears with the first trade.</Empty>
          ) : (
            <Canvas market={market} candles={candles} lines={lines} marks={marks} orders={shows.orders ? open : NO_ORDERS} volume={shows.volume} onCrosshair={setAt} onStart={fetchOlder} />
          )}
          {gap ? <p className="px-2 text-small text-faint">Nothing from {writtenTime(gap.from_ns, "minute")} to {writtenTime(gap.to_ns, "minute")}: {gap.why}.</p> : null}
          <MarkList marks={marks} at={at} />
        </div>
      )}
    </ChartFrame>
  );
}

const NO_ORDERS: ReturnType<typeof useOrdersOf>["open"] = [];

interface CanvasShape {
  market: Market;
  candles: readonly Candle[];
  lines: { ts: readonly number[]; items: readonly Indicator[] };
  marks: readonly Mark[];
  orders: ReturnType<typeof useOrdersOf>["open"];
  volume: boolean;
  onCrosshair: (second: number | undefined) => void;
  onStart: () => void;
}

function Canvas({ market, candles, lines, marks, orders, volume, onCrosshair, onStart }: CanvasShape): React.ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const colours = useColours();
  const [library, setLibrary] = useState<Library>();
  const [failed, setFailed] = useState<unknown>();
  const [drawing, setDrawing] = useState<Drawing>();
  const handlers = useRef({ onCrosshair, onStart });
  handlers.current = { onCrosshair, onStart };
  useEffect(() => {
    chartLibrary().then(setLibrary, setFailed);
  }, []);
  useEffect(() => {
    if (!library || !colours || !host.current) return;
    const made = new Drawing(library, host.current, colours, market.tick, { onCrosshair: (second) => handlers.current.onCrosshair(second), onStart: () => handlers.current.onStart() });
    setDrawing(made);
    return () => {
      setDrawing(undefined);
      made.remove();
    };
  }, [library, colours, market.tick]);
  useEffect(() => drawing?.setCandles(candles, volume), [drawing, candles, volume]);
  useEffect(() => drawing?.setIndicators(lines.ts, lines.items), [drawing, lines]);
  useEffect(() => drawing?.setMarks(marks), [drawing, marks]);
  useEffect(() => drawing?.setOrders(orders), [drawing, orders]);
  if (failed) return <Failed problem={failed} />;
  return <div ref={host} className="min-h-0 flex-1" />;
}

function Legend({ market, candles, at, items, ts, problem }: { market: Market; candles: readonly Candle[]; at: number | undefined; items: readonly Indicator[]; ts: readonly number[]; problem: string | undefined }): React.ReactElement {
  const row = (at === undefined ? undefined : candles.find((one) => secondOf(one.ts) === at)) ?? candles.at(-1);
  const place = at === undefined ? ts.length - 1 : row ? ts.lastIndexOf(row.ts) : -1;
  const places = parseDecimal(market.tick)?.scale ?? 2;
  const rises = row ? forChart(row.close) >= forChart(row.open) : true;
  return (
    <div className="flex min-h-6 flex-wrap items-center gap-x-3 pt-1 overflow-hidden whitespace-nowrap px-2 text-small">
      {row ? (
        <>
          <span className="number text-soft" title={writtenTime(row.ts)}>{writtenTime(row.ts, "time")}</span>
          {(["open", "high", "low", "close"] as const).map((name) => (
            <span key={name} className="number">
              <abbr title={name} className="mr-1 text-faint no-underline">{name.charAt(0).toUpperCase()}</abbr>
              <span className={name === "close" ? (rises ? "text-gain" : "text-loss") : undefined}>{written(row[name], { places })}</span>
            </span>
          ))}
          <span className="number">
            <abbr title={`volume in ${market.base}`} className="mr-1 text-faint no-underline">V</abbr>
            {written(row.volume)}
          </span>
          {items.map((item) => (
            <span key={item.wanted} className="number text-soft">
              {label(item.wanted)} {item.lines.map(({ values }) => figure(values[place], item.on_price ? places : 2)).join(" / ")}
            </span>
          ))}
        </>
      ) : null}
      {problem ? <span className="text-loss">{problem}</span> : null}
    </div>
  );
}

const figure = (value: number | null | undefined, places: number): string => (value == null ? "–" : written(value.toFixed(places), { places }));

/** The marks of the candle under the crosshair in words; all of them for those who hear the page. */
function MarkList({ marks, at }: { marks: readonly Mark[]; at: number | undefined }): React.ReactElement | null {
  const here = marks.filter(({ time }) => time === at);
  if (marks.length === 0) return null;
  return (
    <>
      {here.length > 0 ? (
        <p aria-hidden="true" className="pointer-events-none absolute bottom-16 left-4 z-10 max-w-[60ch] rounded border bg-raised px-2 py-1 text-small">
          {here.map(({ words }) => words).join(". ")}
        </p>
      ) : null}
      <ul className={names("sr-only")} aria-label="Marks on the chart">
        {marks.slice(-50).map(({ id, words }) => (
          <li key={id}>{words}</li>
        ))}
      </ul>
    </>
  );
}
