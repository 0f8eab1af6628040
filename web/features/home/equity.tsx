"use client";

import dynamic from "next/dynamic";
import { useEffect, useMemo, useState } from "react";
import { useApi } from "@/shared/api";
import { divide, forChart, zoneName } from "@/shared/format";
import { serverNow, useNow, useRows } from "@/shared/stream";
import { Button, Card, Empty, Failed, Figure, Loading, Money, Percent } from "@/shared/ui";
import { gained, joined, midnight, type Look, type Mark, type Point } from "./rows";

// The first sight of the page does not wait for the library that draws.
const Curve = dynamic(() => import("@/shared/charts/curve").then(({ Curve: drawn }) => drawn), { ssr: false, loading: () => <Loading rows={6} /> });

const HOUR_MS = 3_600_000;
const RANGES = [
  { key: "hour", label: "1 hour", ms: HOUR_MS },
  { key: "day", label: "24 hours", ms: 24 * HOUR_MS },
  { key: "week", label: "7 days", ms: 7 * 24 * HOUR_MS },
  { key: "all", label: "All", ms: 0 },
] as const;
const POINTS = 400;
const SEEN_MOST = 900;
const TURN_MS = 30_000; // the beginning of a range moves on by this much

/** The equity curve, going on by itself. */
export function EquityCard({ status, ts }: { status: Look; ts: number }): React.ReactElement {
  const [key, setKey] = useState<(typeof RANGES)[number]["key"]>("hour");
  const [opened] = useState(() => Math.floor(serverNow() / TURN_MS) * TURN_MS);
  const ms = RANGES.find((range) => range.key === key)?.ms ?? 0;
  const asked = useApi("/api/v1/equity", { query: { since: ms ? (opened - ms) * 1e6 : 0, points: POINTS }, keep: true });
  const live = useRows<Mark>("equity");
  const seen = useSeen(ts, status.equity);
  const rows = useMemo(() => joined(asked.data?.items ?? [], live.rows, seen), [asked.data, live.rows, seen]);
  const times = useMemo(() => rows.map((row) => row.ts), [rows]);
  const lines = useMemo(() => [{ label: "Equity", values: rows.map(({ equity }) => forChart(equity)) }], [rows]);
  const choice = (
    <div role="group" aria-label="Range" className="flex gap-1">
      {RANGES.map((range) => (
        <Button key={range.key} small kind={range.key === key ? "primary" : "plain"} onClick={() => setKey(range.key)} aria-pressed={range.key === key}>
          {range.label}
        </Button>
      ))}
    </div>
  );
  return (
    <Card span={8} title="Equity" actions={choice}>
      {asked.error && rows.length < 2 ? (
        <Failed problem={asked.error} retry={() => void asked.refetch()} />
      ) : rows.length < 2 ? (
        <Empty title="The curve begins with the first minute">The account is worth what it began with; the next point comes within a minute.</Empty>
      ) : (
        <Curve label="Equity" times={times} lines={lines} unit={status.currency} height={248} />
      )}
    </Card>
  );
}

/** What this page saw itself since it was opened: between two marks, which come once a minute, the curve goes on. */
function useSeen(ts: number, equity: string): readonly Point[] {
  const [seen, setSeen] = useState<readonly Point[]>([]);
  useEffect(() => {
    if (ts) setSeen((before) => [...before.slice(1 - SEEN_MOST), { ts, equity }]);
  }, [ts, equity]);
  return seen;
}

/** Gain or loss since midnight, without what was paid in or out. */
export function Today({ status }: { status: Look }): React.ReactElement {
  const now = useNow(60_000);
  const since = midnight(now ?? serverNow(), zoneName());
  const asked = useApi("/api/v1/equity", { query: { since, points: 2 }, keep: true });
  const live = useRows<Mark>("equity");
  const first = asked.data?.items[0];
  const deposits = live.rows.at(-1)?.deposits ?? asked.data?.items.at(-1)?.deposits;
  const gain = first && deposits !== undefined ? gained(status.equity, deposits, first) : undefined;
  const share = gain !== undefined && first ? divide(gain, first.equity, 6) : undefined;
  return (
    <Figure label="Profit and loss today" below={<>since midnight, {zoneName()}</>}>
      <Money value={gain} currency={status.currency} places={2} change /> {share !== undefined ? <Percent value={share} places={3} change className="text-base" /> : null}
    </Figure>
  );
}
