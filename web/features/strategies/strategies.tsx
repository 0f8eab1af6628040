"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useCallback, useMemo, useState } from "react";
import { useApi, type Answer } from "@/shared/api";
import { useMay } from "@/shared/session";
import { useRows } from "@/shared/stream";
import { Age, Badge, Button, Card, Count, DataTable, Empty, Money, Page, Typed, type Column, type Tone } from "@/shared/ui";
import { StrategyActs } from "./acts";
import { Detail } from "./detail";
import { Register } from "./register";

/** One registered strategy. */
export type Strategy = Answer<"/api/v1/strategies", "get">["items"][number];

const TONES: Record<Strategy["state"], Tone> = { running: "gain", paused: "warn", stopped: "neutral", failed: "loss" };

/** Strategies: the list, or one of them, as the address says. */
export function Strategies(): React.ReactElement {
  const id = useSearchParams().get("id");
  return id ? <Detail key={id} id={id} /> : <List />;
}

/** All of them, live where the stream brings them. */
export function useStrategies(): { rows: readonly Strategy[]; asked: ReturnType<typeof useApi<"/api/v1/strategies">> } {
  const live = useRows<Strategy>("strategies");
  const streamed = live.state === "live" || live.state === "stale";
  const asked = useApi("/api/v1/strategies", { query: { limit: 500 }, ...(streamed ? {} : { every_ms: 2_000 }) });
  const rows = streamed ? live.rows : (asked.data?.items ?? []);
  return { rows, asked };
}

/** What a strategy is doing, in a word beside colour. */
export function StateBadge({ state }: { state: Strategy["state"] }): React.ReactElement {
  return <Badge tone={TONES[state]}>{state}</Badge>;
}

const COLUMNS: readonly Column<Strategy>[] = [
  { key: "strategy", title: "Strategy", width: 130, value: (one) => one.strategy, cell: (one) => <b>{one.strategy}</b> },
  { key: "state", title: "State", width: 90, value: (one) => one.state, cell: (one) => <StateBadge state={one.state} /> },
  { key: "profit", title: "Profit after fees", number: true, width: 140, value: (one) => one.profit, cell: (one) => <Money value={one.profit} currency={one.currency} places={2} change /> },
  { key: "symbols", title: "Trades", width: 100, value: (one) => one.symbols.join(" ") },
  { key: "positions", title: "Holds", width: 140, value: (one) => Object.entries(one.positions).map(([symbol, held]) => `${held} ${symbol.split("/")[0]}`).join(", ") || "nothing" },
  { key: "last", title: "Last decision", width: 280, value: (one) => one.last?.text ?? "none yet", cell: (one) => <Last of={one} /> },
  { key: "age", title: "When", number: true, width: 70, value: (one) => one.last?.ts ?? 0, cell: (one) => <Age ns={one.last?.ts} /> },
  { key: "fills", title: "Fills", number: true, width: 60, value: (one) => one.fills, cell: (one) => <Count value={one.fills} /> },
  { key: "orders", title: "Orders", number: true, width: 80, hidden: true, value: (one) => one.orders, cell: (one) => <Count value={one.orders} /> },
  { key: "version", title: "Version", number: true, width: 80, hidden: true, value: (one) => one.version },
  { key: "name", title: "Class", width: 140, hidden: true, value: (one) => one.name },
];

function Last({ of: one }: { of: Strategy }): React.ReactElement {
  if (one.fault) return <span className="text-loss">{`${one.fault}: ${one.stopped}`}</span>;
  return <Typed>{one.last?.text ?? "none yet"}</Typed>;
}

function List(): React.ReactElement {
  const router = useRouter();
  const { rows, asked } = useStrategies();
  const mayWrite = useMay("strategies:write");
  const [open, setOpen] = useState(false);
  const acts = useCallback((one: Strategy) => <StrategyActs strategy={one} small />, []);
  const openOne = useCallback((one: Strategy) => router.push(`/strategies?id=${one.strategy}`), [router]);
  const add = mayWrite ? (
    <Button kind="primary" icon="plus" onClick={() => setOpen(true)}>
      New strategy
    </Button>
  ) : null;
  const running = useMemo(() => rows.filter(({ state }) => state === "running").length, [rows]);
  return (
    <Page title="Strategies" fill about={rows.length > 0 ? `${running} of ${rows.length} running, each in a process of its own` : undefined} actions={add}>
      <Card flush fill>
        <DataTable
          id="strategies"
          label="strategies"
          rows={rows}
          columns={COLUMNS}
          rowKey={idOf}
          sort={{ key: "strategy" }}
          onOpen={openOne}
          acts={acts}
          loading={asked.isPending && rows.length === 0}
          problem={rows.length === 0 ? asked.error : null}
          onRetry={() => void asked.refetch()}
          empty={
            <Empty title="No strategy is registered" action={add ?? undefined}>
              Choose a file, set its parameters, and let it trade on paper.
            </Empty>
          }
        />
      </Card>
      {open ? <Register onClose={() => setOpen(false)} /> : null}
    </Page>
  );
}

const idOf = (one: Strategy): string => one.strategy;
