"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { memo, useCallback, useMemo, useState } from "react";
import { useMay } from "@/shared/session";
import { written } from "@/shared/format";
import { Age, Badge, ButtonLink, Card, DataTable, Empty, Failed, Loading, Page, Percent, Price, Select, Split, Tabs, Time, useRemembered } from "@/shared/ui";
import { CancelAll, OrderActs } from "../orders/acts";
import { FILL_COLUMNS, ORDER_COLUMNS } from "../orders/columns";
import { Chart as AnyChart } from "./chart";
import { Ladder as AnyLadder } from "./depth";
import { useFillsOf, useMarkets, useOrdersOf, type Told } from "./live";
import { Tape as AnyTape } from "./tape";
import { Ticket, type Pick } from "./ticket";
import type { Fill, Market, Order } from "./types";
import { useNarrow } from "./use-size";
import { WatchList } from "./watch-list";

const [Chart, Ladder, Tape] = [memo(AnyChart), memo(AnyLadder), memo(AnyTape)];
const LATE_MS = 5_000;
const PHONE_CHART = 380;
const ACTS = (order: Order): React.ReactElement => <OrderActs order={order} />;
const KEY_OF_ORDER = (order: Order): string => String(order.order_id);
const KEY_OF_FILL = (fill: Fill): string => String(fill.seq);

/** One market in full: watch-list, chart, book, trades, ticket, and what is open in it. */
export function Markets(): React.ReactElement {
  const query = useSearchParams();
  const router = useRouter();
  const { markets, ...told } = useMarkets();
  const wanted = query.get("symbol");
  const market = markets.find(({ symbol }) => symbol === wanted) ?? markets[0];
  const choose = useCallback((symbol: string) => router.push(`/markets?symbol=${encodeURIComponent(symbol)}`, { scroll: false }), [router]);
  if (!market) {
    return (
      <Page title="Markets">
        <Card>{told.problem ? <Failed problem={told.problem} retry={told.retry} /> : told.loading ? <Loading rows={8} /> : <Empty title="This venue lists no symbols" />}</Card>
      </Page>
    );
  }
  const unknown = wanted !== null && market.symbol !== wanted;
  return <One key={market.symbol} market={market} markets={markets} told={told} onChoose={choose} unknown={unknown ? wanted : undefined} />;
}

function One({ market, markets, told, onChoose, unknown }: { market: Market; markets: readonly Market[]; told: Told; onChoose: (symbol: string) => void; unknown: string | undefined }): React.ReactElement {
  const narrow = useNarrow();
  const [pick, setPick] = useState<Pick>();
  const [tab, setTab] = useState("chart");
  const take = useCallback((price: string) => {
    setPick((before) => ({ price, turn: (before?.turn ?? 0) + 1 }));
    setTab("ticket");
  }, []);
  // What only needs the terms is not drawn anew with each quote.
  const terms = useMemo(() => market, [market.symbol, market.tick, market.lot, market.mode]);
  const about = unknown ? <Badge tone="warn">{unknown} is not listed here</Badge> : undefined;
  if (narrow === undefined) return <Page title="Markets">{null}</Page>;
  if (narrow) {
    const tabs = [
      { key: "chart", label: "Chart", content: <Chart market={terms} height={PHONE_CHART} /> },
      { key: "ticket", label: "Ticket", content: <Ticket market={market} pick={pick} /> },
      { key: "book", label: "Book", content: <div className="h-[520px]"><Ladder market={terms} onPick={take} /></div> },
      { key: "tape", label: "Trades", content: <div className="h-[520px]"><Tape market={terms} /></div> },
      { key: "open", label: "Orders", content: <div className="h-[520px]"><Mine market={terms} /></div> },
      { key: "list", label: "List", content: <div className="min-h-[320px]"><WatchList all={markets} told={told} chosen={market.symbol} onChoose={onChoose} /></div> },
    ];
    return (
      <Page title="Markets" about={about}>
        <Head market={market} markets={markets} onChoose={onChoose} />
        <Card flush>
          <Tabs label="Views of the market" value={tab} onChange={setTab} tabs={tabs} />
        </Card>
      </Page>
    );
  }
  const chart = (
    <Split id="markets.chart" label="Height of the chart" across={false} initial={70} first={<Card fill flush><Chart market={terms} /></Card>} second={<Card fill flush><Mine market={terms} /></Card>} />
  );
  const units = <span className="truncate text-small text-faint">{market.quote} and {market.base}</span>;
  const book = (
    <Split id="markets.book" label="Height of the book" across={false} initial={60} first={<Card title="Book" actions={units} fill flush><Ladder market={terms} onPick={take} /></Card>} second={<Card title="Trades of the market" fill flush><Tape market={terms} /></Card>} />
  );
  const ticket = <Card title={`Order in ${market.symbol}`} fill flush><Ticket market={market} pick={pick} /></Card>;
  return (
    <Page title="Markets" about={<Head market={market} markets={markets} onChoose={onChoose}>{about}</Head>} fill>
      <Split
        id="markets.list"
        label="Width of the watch-list"
        initial={21}
        least={14}
        first={<WatchList all={markets} told={told} chosen={market.symbol} onChoose={onChoose} />}
        second={<Split id="markets.middle" label="Width of the chart" initial={49} least={25} first={chart} second={<Split id="markets.right" label="Width of the book" initial={48} least={30} first={book} second={ticket} />} />}
      />
    </Page>
  );
}

/** Whether what is said of a day is of a whole one: a market that was first seen today is younger. */
const isWholeDay = ({ since_ns, received_ns }: Market): boolean => !since_ns || received_ns - since_ns > 23.9 * 3_600e9;

function Head({ market, markets, onChoose, children }: { market: Market; markets: readonly Market[]; onChoose: (symbol: string) => void; children?: React.ReactNode }): React.ReactElement {
  const { symbol, last, tick, quote, base, change, change_percent, high, low, volume, received_ns, valid, since_ns } = market;
  const known = markets.map((one) => [one.symbol, one.symbol] as const);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <Select bare label="Symbol" value={symbol} onChange={onChoose} options={known} className="w-32" />
      <span className="text-large font-strong text-text">
        <Price value={last} tick={tick} currency={quote} />
      </span>
      <span title={since_ns ? "Against 24 hours ago, or the first trade that is known" : undefined}>
        <Percent value={change_percent} percent change />
        {change === null ? null : <span className="number ml-2 text-small text-faint">{written(change, { signed: true })}</span>}
      </span>
      <span className="text-small">
        {isWholeDay(market) ? "24 h" : <>Since <Time ns={since_ns} detail="time" /></>} <span className="number">{low === null ? "–" : written(low)}</span> to <span className="number">{high === null ? "–" : written(high)}</span>
      </span>
      <span className="text-small">
        Volume <span className="number">{written(volume, { places: 2 })}</span> {base}
      </span>
      <span className="text-small">
        Data <Age ns={received_ns} late_ms={LATE_MS} />
      </span>
      {valid ? null : <Badge tone="warn">not to be traded on</Badge>}
      {children}
    </div>
  );
}

/** What is one's own in this market: open orders and fills. */
const Mine = memo(function Mine({ market }: { market: Market }): React.ReactElement {
  const { symbol } = market;
  const [tab, setTab] = useRemembered("markets.mine", "open");
  const mayTrade = useMay("orders:write");
  const { open } = useOrdersOf(symbol);
  const fills = useFillsOf(symbol);
  const router = useRouter();
  const look = useCallback((row: { order_id: number }) => router.push(`/orders?id=${row.order_id}`), [router]);
  const more = <ButtonLink small kind="quiet" href={tab === "fills" ? "/orders?tab=fills" : "/orders"}>All of them</ButtonLink>;
  return (
    <Tabs
      fill
      label={`Own orders and fills in ${symbol}`}
      value={tab}
      onChange={setTab}
      actions={<>{mayTrade && tab === "open" ? <CancelAll scope={`symbol:${symbol}`} what={`open orders in ${symbol}`} count={open.length} /> : null}{more}</>}
      tabs={[
        { key: "open", label: `Open orders (${open.length})`, content: <DataTable plain id="markets.open" label="open orders" rows={open} columns={OPEN_COLUMNS} rowKey={KEY_OF_ORDER} onOpen={look} {...(mayTrade ? { acts: ACTS } : {})} empty={<p className="p-3 text-soft">No order works in {symbol}.</p>} /> },
        { key: "fills", label: "Fills", content: <DataTable plain id="markets.fills" label="fills" rows={fills} columns={OWN_FILL_COLUMNS} rowKey={KEY_OF_FILL} onOpen={look} empty={<p className="p-3 text-soft">Nothing was filled in {symbol} yet.</p>} /> },
      ]}
    />
  );
});

const SHOWN_OF_ORDER = new Set(["side", "quantity", "price", "status"]);
const SHOWN_OF_FILL = new Set(["ts", "side", "quantity", "price"]);
const OPEN_COLUMNS = ORDER_COLUMNS.filter(({ key }) => SHOWN_OF_ORDER.has(key));
const OWN_FILL_COLUMNS = FILL_COLUMNS.filter(({ key }) => SHOWN_OF_FILL.has(key));
