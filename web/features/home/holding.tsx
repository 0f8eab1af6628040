"use client";

import { useRouter } from "next/navigation";
import { useCallback, useMemo } from "react";
import { useRows } from "@/shared/stream";
import { Badge, ButtonLink, Card, DataTable, Empty, Money, Price, Quantity, Time, type Column } from "@/shared/ui";
import { held, isOpen, type Order, type Position } from "./rows";

const POSITIONS: readonly Column<Position>[] = [
  { key: "symbol", title: "Symbol", value: (row) => row.symbol, width: 110 },
  { key: "quantity", title: "Quantity", number: true, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} /> },
  { key: "average", title: "Average price", number: true, value: (row) => row.average, cell: (row) => <Money value={row.average} places={4} />, wide: true },
  { key: "mark", title: "Price now", number: true, value: (row) => row.mark, cell: (row) => <Price value={row.mark} /> },
  { key: "unrealised", title: "Unrealised", number: true, value: (row) => row.unrealised, cell: (row) => <Money value={row.unrealised} currency={row.currency} places={2} change /> },
];

const ORDERS: readonly Column<Order>[] = [
  { key: "ts", title: "Time", value: (row) => row.ts, cell: (row) => <Time ns={row.ts} detail="time" />, width: 120 },
  { key: "symbol", title: "Symbol", value: (row) => row.symbol, width: 100 },
  { key: "side", title: "Side", value: (row) => row.side, width: 60 },
  { key: "kind", title: "Kind", value: (row) => row.kind, width: 90, wide: true },
  { key: "quantity", title: "Quantity", number: true, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} /> },
  { key: "price", title: "Price", number: true, value: (row) => row.limit ?? row.trigger, cell: (row) => <Price value={row.limit ?? row.trigger} /> },
  { key: "status", title: "State", value: (row) => row.status, cell: (row) => <Badge tone={row.status === "unknown" ? "loss" : "neutral"}>{row.status.replace("_", " ")}</Badge>, width: 110 },
];

const LATE_MS = 5_000;

/** What the account holds. */
export function Positions(): React.ReactElement {
  const live = useRows<Position>("positions");
  const found = useMemo(() => held(live.rows), [live.rows]);
  const currency = found.rows[0]?.currency;
  return (
    <Card span={6} title="Positions" actions={<ButtonLink small href="/portfolio">All</ButtonLink>} foot={found.rows.length ? <>Unrealised: <Money value={found.unrealised} currency={currency} places={2} change /></> : undefined} flush>
      <DataTable
        id="home.positions"
        label="positions"
        plain
        height={6}
        rows={found.rows}
        columns={POSITIONS}
        rowKey={(row) => row.symbol}
        sort={{ key: "symbol" }}
        loading={live.state === "waiting"}
        empty={<Empty title="Nothing is held">What is bought appears here with its price now.</Empty>}
      />
    </Card>
  );
}

/** Orders that may still be filled. */
export function OpenOrders(): React.ReactElement {
  const router = useRouter();
  const live = useRows<Order>("orders");
  const rows = useMemo(() => live.rows.filter(isOpen), [live.rows]);
  const open = useCallback((row: Order) => router.push(`/orders?id=${row.order_id}`), [router]);
  return (
    <Card span={6} title={rows.length ? `Open orders (${rows.length})` : "Open orders"} actions={<ButtonLink small href="/orders">All</ButtonLink>} flush>
      <DataTable
        id="home.orders"
        label="open orders"
        plain
        height={6}
        rows={rows}
        columns={ORDERS}
        rowKey={(row) => String(row.order_id)}
        sort={{ key: "ts", down: true }}
        onOpen={open}
        loading={live.state === "waiting"}
        empty={<Empty title="No order is open" action={<ButtonLink href="/markets">Open a market</ButtonLink>} />}
      />
    </Card>
  );
}

interface Feed {
  symbol: string;
  trade: number | undefined;
  quote: number | undefined;
  book: number | undefined;
}

const age = (ns: number | undefined): React.ReactElement => {
  if (ns === undefined) return <span className="text-faint">{"\u2013"}</span>;
  const ms = ns / 1e6;
  const late = ms > LATE_MS;
  return (
    <span className={late ? "number text-warn" : "number"}>
      {ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`}
      {late ? " old" : ""}
    </span>
  );
};

const FEEDS: readonly Column<Feed>[] = [
  { key: "symbol", title: "Symbol", value: (row) => row.symbol, width: 110 },
  { key: "quote", title: "Quotes", number: true, value: (row) => row.quote, cell: (row) => age(row.quote) },
  { key: "trade", title: "Trades", number: true, value: (row) => row.trade, cell: (row) => age(row.trade) },
  { key: "book", title: "Book", number: true, value: (row) => row.book, cell: (row) => age(row.book) },
];

/** How old the newest datum of each feed is, as of the last status. */
export function Feeds({ ages, foot }: { ages: Record<string, Record<string, number>>; foot: React.ReactNode }): React.ReactElement {
  const rows = useMemo(() => Object.entries(ages).map(([symbol, kinds]) => ({ symbol, trade: kinds.trade, quote: kinds.quote, book: kinds.book })), [ages]);
  return (
    <Card span={6} title="Market data: age of the newest" actions={<ButtonLink small href="/markets">Markets</ButtonLink>} foot={foot} flush>
      <DataTable id="home.feeds" label="feeds" plain height={6} rows={rows} columns={FEEDS} rowKey={(row) => row.symbol} sort={{ key: "symbol" }} empty={<Empty title="No market data are asked for" />} />
    </Card>
  );
}
