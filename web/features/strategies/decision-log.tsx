"use client";

import Link from "next/link";
import { useMemo } from "react";
import { useApi, type Answer } from "@/shared/api";
import { trimmed } from "@/shared/format";
import { Badge, Card, DataTable, Time, Typed, type Column, type Tone } from "@/shared/ui";

type Order = Answer<"/api/v1/orders", "get">["items"][number];
type Decision = Answer<"/api/v1/decisions", "get">["items"][number];
type Activity = Answer<"/api/v1/activity", "get">["items"][number];

/** One line of the log: what was decided, by whom, and what became of it. */
export interface Line {
  key: string;
  ts: number;
  kind: "order" | "gate" | "note" | "life";
  text: string;
  outcome: string;
  tone: Tone;
  order: number;
}

const NEWEST = 400;

/** What a strategy decided and why, with what became of it: its orders, what gates and it itself noted, its starts and stops. */
export function DecisionLog({ id }: { id: string }): React.ReactElement {
  const orders = useApi("/api/v1/orders", { query: { strategy: id, limit: NEWEST }, every_ms: 2_000 });
  const decisions = useApi("/api/v1/decisions", { query: { strategy: id, limit: NEWEST }, every_ms: 2_000 });
  const activity = useApi("/api/v1/activity", { query: { strategy: id, limit: 100 }, every_ms: 5_000 });
  const lines = useMemo(() => logOf(orders.data?.items ?? [], decisions.data?.items ?? [], activity.data?.items ?? []), [orders.data, decisions.data, activity.data]);
  return (
    <Card flush className="mt-3" foot={`The newest ${NEWEST} of each kind; orders that protect a position are below Orders.`}>
      <DataTable
        id="strategy-decisions"
        label="decisions"
        rows={lines}
        columns={COLUMNS}
        rowKey={keyOf}
        sort={{ key: "ts", down: true }}
        loading={orders.isPending}
        problem={orders.error}
        onRetry={() => void orders.refetch()}
        height={16}
        empty={<p className="p-3 text-soft">It has decided nothing yet: no handler of it made an order on the data so far.</p>}
      />
    </Card>
  );
}

const keyOf = (line: Line): string => line.key;

const COLUMNS: readonly Column<Line>[] = [
  { key: "ts", title: "Time", width: 220, value: (line) => line.ts, cell: (line) => <Time ns={line.ts} millis /> },
  { key: "kind", title: "Kind", width: 70, value: (line) => line.kind },
  { key: "text", title: "Decision", width: 560, value: (line) => line.text, cell: (line) => <Typed>{line.text}</Typed> },
  { key: "outcome", title: "What became of it", width: 200, value: (line) => line.outcome, cell: (line) => (line.outcome ? <Badge tone={line.tone}>{line.outcome}</Badge> : null) },
  {
    key: "order",
    title: "Order",
    number: true,
    width: 80,
    wide: true,
    value: (line) => line.order || null,
    cell: (line) =>
      line.order ? (
        <Link className="link" prefetch={false} href={`/orders?id=${line.order}`}>
          {line.order}
        </Link>
      ) : null,
  },
];

const BAD: ReadonlySet<string> = new Set(["refused", "rejected", "unknown"]);

/** Orders of its own, notes and its life in one line of time, newest first. */
export function logOf(orders: readonly Order[], decisions: readonly Decision[], activity: readonly Activity[]): Line[] {
  const own = orders
    .filter(({ role, parent }) => role === "plain" && !parent)
    .map((order): Line => {
      const what = `${order.side} ${trimmed(order.quantity)} ${order.symbol}`;
      const bad = BAD.has(order.status);
      return { key: `o${order.order_id}`, ts: order.ts, kind: "order", text: order.why ? `${what}: ${order.why}` : what, outcome: bad && order.reason ? `${order.status}: ${order.reason}` : order.status, tone: bad ? "warn" : "neutral", order: order.order_id };
    });
  const noted = decisions.map((one): Line => ({ key: `d${one.seq}`, ts: one.ts, kind: one.gate === "strategy" ? "note" : "gate", text: one.gate === "strategy" ? one.text : `${one.gate}: ${one.text}`, outcome: one.passed ? "" : "held back", tone: "warn", order: one.order_id }));
  const life = activity.map((one): Line => ({ key: `a${one.seq}`, ts: one.ts, kind: "life", text: one.by ? `${one.text} (by ${one.by})` : one.text, outcome: one.level === "info" ? "" : one.level, tone: one.level === "error" ? "loss" : "warn", order: 0 }));
  return [...own, ...noted, ...life].toSorted((a, b) => b.ts - a.ts);
}
