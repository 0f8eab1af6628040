"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useApi, usePages } from "@/shared/api";
import { useMay } from "@/shared/session";
import { useRows } from "@/shared/stream";
import { Button, ButtonLink, Card, DataTable, Empty, Page, Popover, Select, Split, Tabs, useRemembered } from "@/shared/ui";
import { isOpen } from "../markets/live";
import { useSettled } from "../markets/preview";
import { useEvery, useNarrow } from "../markets/use-size";
import type { Fill, Order } from "../markets/types";
import { CancelAll, OrderActs } from "./acts";
import { FILL_COLUMNS, ORDER_COLUMNS, stateWords } from "./columns";
import { Groups } from "./groups";
import { Life } from "./life";
import { matches, overlaid, type Filters } from "./rows";

const PAGE = 500;
const STATES = ["accepted", "partially_filled", "held", "filled", "canceled", "refused", "rejected", "expired", "unknown"] as const;
const ACTS = (order: Order): React.ReactElement => <OrderActs order={order} />;
const KEY_OF_ORDER = (order: Order): string => String(order.order_id);
const KEY_OF_FILL = (fill: Fill): string => String(fill.seq);

/** The blotter: open orders, all of them, fills, groups; one of them opened with its life. */
export function Orders(): React.ReactElement {
  const query = useSearchParams();
  const router = useRouter();
  const mayTrade = useMay("orders:write");
  const narrow = useNarrow();
  const tab = query.get("tab") ?? "open";
  const id = Number(query.get("id") ?? "0");
  const go = useCallback(
    (changes: Record<string, string>) => {
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value) next.set(name, value);
        else next.delete(name);
      }
      router.push(`/orders?${next.toString()}`, { scroll: false });
    },
    [router],
  );
  const open = useCallback((order: { order_id: number }) => go({ id: String(order.order_id) }), [go]);
  const chosen = id > 0 ? String(id) : undefined;
  const lists = (
    <Card flush fill>
      <Tabs
        fill
        label="Orders"
        value={tab}
        onChange={(next) => go({ tab: next, id: "" })}
        tabs={[
          { key: "open", label: "Open", content: <OpenOrders chosen={chosen} mayTrade={mayTrade} onOpen={open} /> },
          { key: "all", label: "All", content: <AllOrders chosen={chosen} mayTrade={mayTrade} onOpen={open} /> },
          { key: "fills", label: "Fills", content: <Fills onOpen={open} /> },
          { key: "groups", label: "Groups", content: <Groups mayTrade={mayTrade} onOpen={open} /> },
        ]}
      />
    </Card>
  );
  const life = id > 0 ? <Life key={id} id={id} mayTrade={mayTrade} onClose={() => go({ id: "" })} /> : null;
  return (
    <Page title="Orders" fill>
      {narrow && life ? life : life ? <Split id="orders" label="Width of the list" initial={62} least={30} first={lists} second={life} /> : lists}
    </Page>
  );
}

interface ListShape {
  chosen: string | undefined;
  mayTrade: boolean;
  onOpen: (order: { order_id: number }) => void;
}

function OpenOrders({ chosen, mayTrade, onOpen }: ListShape): React.ReactElement {
  const live = useRows<Order>("orders");
  const asked = useApi("/api/v1/orders", { query: { status: "open", limit: 1_000 }, every_ms: live.state === "live" ? 30_000 : 2_500 });
  const rows = useMemo(() => overlaid(asked.data?.items ?? [], live.rows).filter(isOpen), [asked.data, live.rows]);
  return (
    <DataTable
      id="orders.open"
      label="open orders"
      rows={rows}
      columns={ORDER_COLUMNS}
      rowKey={KEY_OF_ORDER}
      sort={{ key: "order_id", down: true }}
      chosen={chosen}
      onOpen={onOpen}
      {...(mayTrade ? { acts: ACTS } : {})}
      loading={asked.isPending}
      problem={asked.error}
      onRetry={() => void asked.refetch()}
      tools={mayTrade ? <CancelAll what="all open orders" count={rows.length} /> : undefined}
      empty={<Empty title="No open orders" action={<ButtonLink href="/markets">Open a market</ButtonLink>}>An order that works shows up here until it is filled or ended.</Empty>}
    />
  );
}

/** Long lists take what the stream tells less often, so that they stay smooth under the hand. */
const pauseFor = (rows: number): number => (rows > 20_000 ? 5_000 : rows > 2_000 ? 2_000 : 500);

const NO_FILTERS: Filters = { symbol: "", strategy: "", status: "", side: "", text: "" };

function AllOrders({ chosen, mayTrade, onOpen }: ListShape): React.ReactElement {
  const [filters, setFilters] = useRemembered<Filters>("orders.filters", NO_FILTERS);
  const { symbol, strategy, status, side, text } = filters;
  const pages = usePages("/api/v1/orders", { query: { limit: PAGE, symbol, strategy, status, side, text } });
  const live = useEvery(useRows<Order>("orders").rows, pauseFor(pages.rows.length));
  const rows = useMemo(() => overlaid(pages.rows, live.filter((order) => matches(order, filters))), [pages.rows, live, filters]);
  return (
    <DataTable
      id="orders.all"
      label="orders"
      rows={rows}
      columns={ORDER_COLUMNS}
      rowKey={KEY_OF_ORDER}
      chosen={chosen}
      onOpen={onOpen}
      {...(mayTrade ? { acts: ACTS } : {})}
      loading={pages.loading}
      problem={pages.problem}
      onRetry={pages.refetch}
      onEnd={pages.more ? pages.fetchMore : undefined}
      tools={<FilterBar filters={filters} onChange={setFilters} />}
      empty={<Empty title="No orders" action={<Button onClick={() => setFilters(NO_FILTERS)}>Clear the filters</Button>}>Nothing fits these filters, or nothing was ordered yet.</Empty>}
    />
  );
}

function FilterBar({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }): React.ReactElement {
  const markets = useApi("/api/v1/markets");
  const strategies = useApi("/api/v1/strategies");
  const names = (strategies.data as unknown as { items?: { strategy: string }[]; strategies?: { strategy: string }[] } | undefined);
  const known = (names?.items ?? names?.strategies ?? []).map(({ strategy }) => strategy);
  const set = (change: Partial<Filters>): void => onChange({ ...filters, ...change });
  const some = Object.values(filters).some(Boolean);
  const [typed, setTyped] = useState(filters.text);
  const settled = useSettled(typed.trim(), 400);
  useEffect(() => {
    if (settled !== filters.text) onChange({ ...filters, text: settled });
  }, [settled]); // what is typed leads: other filters carry it along
  return (
    <Shelf some={some}>
      <input type="search" aria-label="Find in all orders: reasons, keys, names, ids" placeholder="Find in all orders" maxLength={120} className="control !h-7 w-40 phone:!h-10 phone:w-full" value={typed} onChange={(event) => setTyped(event.target.value)} />
      <Select bare label="Symbol" value={filters.symbol} onChange={(symbol) => set({ symbol })} options={[["", "All symbols"], ...(markets.data?.items ?? []).map(({ symbol }) => [symbol, symbol] as const)]} />
      <Select bare label="State" value={filters.status} onChange={(status) => set({ status })} options={[["", "All states"], ["open", "open"], ["ended", "ended"], ...STATES.map((status) => [status, stateWords(status)] as const)]} />
      <Select bare label="Side" value={filters.side} onChange={(side) => set({ side })} options={[["", "Both sides"], ["buy", "buys"], ["sell", "sells"]]} />
      <Select bare label="Strategy" value={filters.strategy} onChange={(strategy) => set({ strategy })} options={[["", "By anyone"], ["manual", "by hand"], ...known.map((name) => [name, name] as const)]} />
      {some ? <Button small onClick={() => { setTyped(""); onChange(NO_FILTERS); }}>Clear</Button> : null}
    </Shelf>
  );
}

/** In a row where there is room for it, behind a button on a phone. */
function Shelf({ some, children }: { some: boolean; children: React.ReactNode }): React.ReactElement {
  const narrow = useNarrow();
  if (!narrow) return <div className="flex flex-wrap items-center gap-2">{children}</div>;
  return (
    <Popover label="Filters" trigger={<Button small>{some ? "Filters (on)" : "Filters"}</Button>}>
      <div className="flex w-56 flex-col gap-2">{children}</div>
    </Popover>
  );
}

function Fills({ onOpen }: { onOpen: (order: { order_id: number }) => void }): React.ReactElement {
  const [symbol, setSymbol] = useState("");
  const markets = useApi("/api/v1/markets");
  const pages = usePages("/api/v1/fills", { query: { limit: PAGE, symbol } });
  const live = useEvery(useRows<Fill>("fills").rows, pauseFor(pages.rows.length));
  const rows = useMemo(() => {
    const newest = pages.rows[0]?.seq ?? 0;
    const added = live.filter((fill) => fill.seq > newest && (!symbol || fill.symbol === symbol));
    return [...added.sort((a, b) => b.seq - a.seq), ...pages.rows];
  }, [pages.rows, live, symbol]);
  return (
    <DataTable
      id="orders.fills"
      label="fills"
      rows={rows}
      columns={FILL_COLUMNS}
      rowKey={KEY_OF_FILL}
      onOpen={onOpen}
      loading={pages.loading}
      problem={pages.problem}
      onRetry={pages.refetch}
      onEnd={pages.more ? pages.fetchMore : undefined}
      tools={<Select bare label="Symbol" value={symbol} onChange={setSymbol} options={[["", "All symbols"], ...(markets.data?.items ?? []).map((market) => [market.symbol, market.symbol] as const)]} />}
      empty={<Empty title="Nothing was filled yet" action={<ButtonLink href="/markets">Open a market</ButtonLink>} />}
    />
  );
}
