"use client";

import { useMemo, useState } from "react";
import { useApi, type Answer } from "@/shared/api";
import { useFollowed } from "@/shared/api/followed";
import { Curve } from "@/shared/charts";
import { forChart } from "@/shared/format";
import { Answered, ButtonLink, Card, Choice, DataTable, Empty, Grid, Money, Percent, Price, Quantity, Typed, type Column } from "@/shared/ui";

type Found = Answer<"/api/v1/portfolio", "get">;
type Position = Found["positions"][number];
type Balance = Found["balances"][number];

const SYMBOL: Column<Position> = { key: "symbol", title: "Symbol", value: (row) => row.symbol, width: 120 };
const STRATEGY: Column<Position> = { key: "strategy", title: "Strategy", value: (row) => row.strategy, cell: (row) => <Typed>{row.strategy}</Typed>, width: 130 };
const NUMBERS: readonly Column<Position>[] = [
  { key: "quantity", title: "Quantity", number: true, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} places={8} change /> },
  { key: "average", title: "Average", number: true, wide: true, value: (row) => row.average, cell: (row) => <Price value={row.average} tick="0.01" /> },
  { key: "mark", title: "Mark", number: true, wide: true, value: (row) => row.mark, cell: (row) => <Price value={row.mark} tick="0.01" /> },
  { key: "value", title: "Value", number: true, value: (row) => row.value, cell: (row) => <Money value={row.value} places={2} /> },
  { key: "share", title: "Of equity", number: true, wide: true, value: (row) => row.share, cell: (row) => <Percent value={row.share} /> },
  { key: "unrealised", title: "Open", number: true, value: (row) => row.unrealised, cell: (row) => <Money value={row.unrealised} places={2} change /> },
  { key: "realised", title: "Realised", number: true, wide: true, value: (row) => row.realised, cell: (row) => <Money value={row.realised} places={2} change /> },
  { key: "fees", title: "Fees", number: true, wide: true, value: (row) => fees(row), cell: (row) => <span className="number">{fees(row)}</span>, width: 150 },
];
const OF_ACCOUNT = [SYMBOL, ...NUMBERS];
const OF_BOOKS = [STRATEGY, SYMBOL, ...NUMBERS];
const BALANCES: readonly Column<Balance>[] = [
  { key: "currency", title: "Currency", value: (row) => row.currency, width: 110 },
  { key: "total", title: "Total", number: true, value: (row) => row.total, cell: (row) => <Quantity value={row.total} places={8} /> },
  { key: "reserved", title: "In orders", number: true, wide: true, value: (row) => row.reserved, cell: (row) => <Quantity value={row.reserved} places={8} /> },
  { key: "available", title: "Free", number: true, value: (row) => row.available, cell: (row) => <Quantity value={row.available} places={8} /> },
  { key: "value", title: "Value", number: true, value: (row) => row.value, cell: (row) => <Money value={row.value} places={2} /> },
];

/** Fees of a position, one amount a currency, rounded for reading. */
function fees(row: Position): string {
  const found = Object.entries(row.fees).map(([currency, amount]) => `${forChart(amount).toFixed(4)} ${currency}`);
  return found.join(", ") || "0";
}

/** The curve, positions of the account and of each strategy's book, balances. */
export function Holdings(): React.ReactElement {
  const asked = useFollowed("/api/v1/portfolio", "portfolio");
  return (
    <div className="flex flex-col gap-3 pt-3">
      <EquityCurve />
      <Answered of={asked}>
        {(found) => (
          <Grid>
            <Positions found={found} />
            <Card title={`Balances, worth in ${found.currency}`} span={12} flush foot={found.unpriced.length ? `No price is known for ${found.unpriced.join(", ")}; they count for nothing.` : undefined}>
              <DataTable id="portfolio.balances" label="balances" rows={found.balances} columns={BALANCES} rowKey={(row) => row.currency} height={Math.min(Math.max(found.balances.length, 1), 8)} plain />
            </Card>
          </Grid>
        )}
      </Answered>
    </div>
  );
}

function Positions({ found }: { found: Found }): React.ReactElement {
  const whole = useMemo(() => found.positions.filter(({ strategy }) => strategy === ""), [found]);
  const books = useMemo(() => found.positions.filter(({ strategy }) => strategy !== ""), [found]);
  const key = (row: Position): string => `${row.strategy} ${row.symbol}`;
  const none = (
    <Empty title="No positions" action={<ButtonLink href="/markets" kind="primary">Go to the markets</ButtonLink>}>
      A position begins with the first fill, of a strategy or of an order of your own.
    </Empty>
  );
  return (
    <>
      <Card title="Positions of the account" span={12} flush>
        <DataTable id="portfolio.positions" label="positions" rows={whole} columns={OF_ACCOUNT} rowKey={key} height={whole.length ? Math.min(whole.length, 8) : 5} empty={none} />
      </Card>
      <Card title="By strategy" span={12} flush foot="The books of the strategies add up to the positions of the account.">
        <DataTable id="portfolio.books" label="books" rows={books} columns={OF_BOOKS} rowKey={key} height={books.length ? Math.min(books.length, 10) : 5} empty={none} />
      </Card>
    </>
  );
}

const SPANS = [
  ["1", "1 day"],
  ["7", "7 days"],
  ["30", "30 days"],
  ["0", "All"],
] as const;
const DAY_MS = 86_400_000;

function EquityCurve(): React.ReactElement {
  const [days, setDays] = useState<(typeof SPANS)[number][0]>("0");
  const since = useMemo(() => (days === "0" ? 0 : (Math.floor(Date.now() / 60_000) * 60_000 - Number(days) * DAY_MS) * 1e6), [days]);
  const asked = useApi("/api/v1/portfolio/curve", { query: { since, points: 800 }, every_ms: 60_000, keep: true });
  const items = asked.data?.items;
  const drawn = useMemo(() => {
    const rows = items ?? [];
    return {
      times: rows.map(({ ts }) => ts),
      equity: [{ label: "Equity", values: rows.map(({ equity }) => forChart(equity)), area: false }],
      drawdown: [{ label: "Below the peak", values: rows.map(({ drawdown }) => forChart(drawdown)), tone: "loss" as const, area: true }],
    };
  }, [items]);
  const unit = asked.data?.currency ?? "";
  return (
    <Card title="Equity" actions={<Choice bare label="How far back" value={days} onChange={setDays} options={SPANS} />} foot="Equity is marked every minute. What came from outside makes no peak: the drawdown is of profit.">
      <Answered of={asked} rows={8}>
        {() =>
          drawn.times.length < 2 ? (
            <Empty title="The curve begins in a minute">Equity is marked every minute, from the first deposit on.</Empty>
          ) : (
            <div className="flex flex-col gap-3">
              <Curve label="Equity" times={drawn.times} lines={drawn.equity} unit={unit} height={220} />
              <Curve label="Drawdown" times={drawn.times} lines={drawn.drawdown} unit={unit} height={110} />
            </div>
          )
        }
      </Answered>
    </Card>
  );
}
