"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useApi, useCommand, usePages, type Answer } from "@/shared/api";
import { Curve } from "@/shared/charts";
import { useMay } from "@/shared/session";
import { Answered, Badge, Button, ButtonLink, Card, Confirm, Count, DataTable, Facts, Failed, Figure, Grid, Loading, Money, Page, Percent, Price, Quantity, Tabs, Time, toast, type Column } from "@/shared/ui";
import { FigureText } from "@/features/research/figure-text";
import { Code } from "@/features/research/code";
import { HeatMap } from "./heat-map";
import { NewBacktest } from "./new-backtest";

type Run = Answer<"/api/v1/backtests/{run_id}", "get">;
type Trade = Answer<"/api/v1/backtests/{run_id}/trades", "get">["items"][number];
type Order = Answer<"/api/v1/backtests/{run_id}/orders", "get">["items"][number];

const CARDS = ["total_return", "cagr", "sharpe", "max_drawdown", "trades", "win_rate", "profit_factor", "exposure"];

/** One kept run: figures with their meaning, curves, months, trades, orders, and where it came from. */
export function Report({ id, onGone }: { id: string; onGone: () => void }): React.ReactElement {
  const asked = useApi("/api/v1/backtests/{run_id}", { params: { run_id: id } });
  const [tab, setTab] = useState("overview");
  if (!asked.data) {
    return (
      <Page title="Back-test">
        {asked.error ? <Failed problem={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={10} />}
      </Page>
    );
  }
  const run = asked.data;
  return (
    <Page
      title={run.strategy}
      about={
        <span className="flex flex-wrap items-center gap-2">
          {run.status === "finished" ? null : <Badge tone="warn">{run.status}</Badge>}
          {run.symbols.join(", ")}, <Time ns={run.from_ns} detail="day" /> to <Time ns={run.to_ns} detail="day" />
        </span>
      }
      actions={<Acts run={run} onGone={onGone} />}
    >
      {run.failure ? (
        <Card title="It ended early">
          <p className="break-words">{run.failure}</p>
          <p className="text-soft">Every figure below is of the time up to there.</p>
        </Card>
      ) : null}
      <Tabs
        label="Parts of the report"
        value={tab}
        onChange={setTab}
        tabs={[
          { key: "overview", label: "Overview", content: <Overview run={run} /> },
          { key: "trades", label: `Trades (${run.trades})`, content: <Trades id={id} currency={run.currency} /> },
          { key: "orders", label: "Orders", content: <Orders id={id} /> },
          { key: "figures", label: "All figures", content: <Figures run={run} /> },
          { key: "made", label: "Made from", content: <MadeFrom run={run} /> },
          { key: "code", label: "Code", content: <Card flush className="mt-3"><Code text={run.source} label={`Code of ${run.strategy}`} /></Card> },
        ]}
      />
    </Page>
  );
}

function Acts({ run, onGone }: { run: Run; onGone: () => void }): React.ReactElement {
  const mayRun = useMay("backtests:run");
  const router = useRouter();
  const [again, setAgain] = useState(false);
  const [sure, setSure] = useState(false);
  const drop = useCommand("delete", "/api/v1/backtests/{run_id}", {
    changes: ["/api/v1/backtests"],
    onDone: () => {
      toast.done("The run is gone");
      onGone();
    },
  });
  return (
    <>
      <ButtonLink icon="left" href="/backtests">
        All runs
      </ButtonLink>
      <a className="inline-flex h-8 items-center rounded border border-line-strong bg-raised px-3 font-strong hover:bg-hover phone:h-10" href={`/api/v1/backtests/${run.id}/report`} target="_blank" rel="noreferrer">
        Full report
      </a>
      {mayRun && run.again ? (
        <Button kind="primary" icon="refresh" onClick={() => setAgain(true)}>
          Run again
        </Button>
      ) : null}
      {mayRun ? (
        <Button icon="close" onClick={() => setSure(true)}>
          Delete
        </Button>
      ) : null}
      {again && run.again ? <NewBacktest onClose={() => setAgain(false)} onStarted={(job) => router.push(`/backtests?job=${job}`)} like={run.again} /> : null}
      <Confirm open={sure} onOpenChange={setSure} title="Delete this run" action="Delete the run" busy={drop.busy} problem={drop.problem} onConfirm={() => void drop.run({ params: { run_id: run.id } })}>
        Its figures, curves and report go for good. The strategy and the data stay, so it can be run again.
      </Confirm>
    </>
  );
}

function Overview({ run }: { run: Run }): React.ReactElement {
  const curve = useApi("/api/v1/backtests/{run_id}/equity", { params: { run_id: run.id } });
  const months = useApi("/api/v1/backtests/{run_id}/monthly", { params: { run_id: run.id } });
  const spread = useApi("/api/v1/backtests/{run_id}/distribution", { params: { run_id: run.id } });
  const falls = useApi("/api/v1/backtests/{run_id}/drawdown", { params: { run_id: run.id } });
  const figures = CARDS.flatMap((key) => run.figures.filter((figure) => figure.key === key));
  return (
    <div className="flex flex-col gap-3 pt-3">
      <div className="grid grid-cols-2 gap-3 rounded border bg-panel p-3 md:grid-cols-4 wide:grid-cols-8">
        {figures.map((figure) => (
          <Figure key={figure.key} label={<span title={figure.hint}>{figure.name}</span>} below={figure.hint}>
            <FigureText value={figure.value} kind={figure.kind} currency={run.currency} places={1} />
          </Figure>
        ))}
      </div>
      <Grid>
        <Card span={8} title="Equity" flush>
          <Answered of={curve} rows={8}>
            {({ ts, equity }) => <Curve label="Equity" times={ts} height={260} unit={run.currency} lines={[{ label: "Equity", values: equity, tone: "accent" }, { label: "Cash at the start", values: ts.map(() => Number(run.cash)), tone: "faint", dash: true }]} />}
          </Answered>
        </Card>
        <Card span={4} title="Returns of trades" flush>
          <Answered of={spread} rows={8}>
            {({ edges, counts }) =>
              counts.length > 0 ? (
                <Curve label="Closed trades by return" xKind="number" xUnit="%" places={0} unit="trades" height={260} times={counts.map((_, at) => (((edges[at] ?? 0) + (edges[at + 1] ?? 0)) / 2) * 100)} lines={[{ label: "Trades", values: counts, bars: true, tone: "accent" }]} />
              ) : (
                <p className="p-3 text-soft">No trade was closed.</p>
              )
            }
          </Answered>
        </Card>
        <Card span={8} title="Drawdown" flush>
          <Answered of={falls} rows={5}>
            {({ ts, drawdown }) => <Curve label="Drawdown" times={ts} height={160} unit="%" lines={[{ label: "Below the peak", values: drawdown.map((part) => part * 100), tone: "loss", area: true }]} />}
          </Answered>
        </Card>
        <Card span={4} title="Deepest drawdowns" flush>
          <Answered of={falls} rows={5}>
            {({ deepest }) => <Falls rows={deepest} />}
          </Answered>
        </Card>
        <Card span={12} title="Return by month (UTC)">
          <Answered of={months} rows={4}>
            {(found) => <HeatMap months={found.months} years={found.years} />}
          </Answered>
        </Card>
      </Grid>
    </div>
  );
}

function Falls({ rows }: { rows: readonly { start: string; trough: string; end: string; depth: number; days: number }[] }): React.ReactElement {
  if (rows.length === 0) return <p className="p-3 text-soft">Equity never closed a day below a peak.</p>;
  return (
    <table className="w-full">
      <thead>
        <tr className="text-left text-small text-soft">
          <th className="px-3 py-1 font-normal">From</th>
          <th className="px-3 py-1 font-normal">Recovered</th>
          <th className="px-3 py-1 text-right font-normal">Days</th>
          <th className="px-3 py-1 text-right font-normal">Depth</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, 5).map((row) => (
          <tr key={row.start} className="border-t">
            <td className="number px-3 py-1">{row.start}</td>
            <td className="number px-3 py-1">{row.end || "not yet"}</td>
            <td className="px-3 py-1 text-right">
              <Count value={row.days} />
            </td>
            <td className="px-3 py-1 text-right">
              <Percent value={row.depth.toFixed(6)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const TRADES: readonly Column<Trade>[] = [
  { key: "number", title: "#", number: true, width: 70, value: (row) => row.number },
  { key: "symbol", title: "Symbol", width: 100, value: (row) => row.symbol },
  { key: "side", title: "Side", width: 80, value: (row) => row.side },
  { key: "entry", title: "Entry", width: 190, value: (row) => row.entry_ns, cell: (row) => <Time ns={row.entry_ns} /> },
  { key: "exit", title: "Exit", width: 190, wide: true, value: (row) => row.exit_ns, cell: (row) => <Time ns={row.exit_ns} /> },
  { key: "pnl", title: "Result", number: true, width: 140, value: (row) => row.pnl, cell: (row) => <Money value={row.pnl} places={2} change /> },
  { key: "growth", title: "Return", number: true, width: 100, value: (row) => row.growth, cell: (row) => <Percent value={row.growth.toFixed(6)} change /> },
  { key: "why_entry", title: "Why in", width: 190, wide: true, value: (row) => row.why_entry },
  { key: "why_exit", title: "Why out", width: 190, wide: true, value: (row) => (row.open ? "still open" : row.why_exit) },
  { key: "quantity", title: "Quantity", number: true, width: 130, wide: true, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} /> },
  { key: "entry_price", title: "Entry price", number: true, width: 120, wide: true, value: (row) => row.entry_price, cell: (row) => <Price value={row.entry_price} /> },
  { key: "exit_price", title: "Exit price", number: true, width: 120, wide: true, value: (row) => row.exit_price, cell: (row) => <Price value={row.exit_price} /> },
  { key: "fees", title: "Fees", number: true, width: 110, wide: true, value: (row) => row.fees, cell: (row) => <Money value={row.fees} places={2} /> },
  { key: "bars", title: "Bars", number: true, width: 70, wide: true, value: (row) => row.bars },
];

function Trades({ id, currency }: { id: string; currency: string }): React.ReactElement {
  const trades = usePages("/api/v1/backtests/{run_id}/trades", { params: { run_id: id }, query: { limit: 500 } });
  return (
    <Card flush className="mt-3" foot={`Amounts in ${currency || "the account's currency"}, results after fees`}>
      <DataTable id="backtest-trades" label="trades" rows={trades.rows} columns={TRADES} rowKey={(row) => String(row.number)} loading={trades.loading} problem={trades.problem} onRetry={trades.refetch} onEnd={trades.fetchMore} height={16} empty={<p className="p-3 text-soft">It made no trade.</p>} />
    </Card>
  );
}

const ORDERS: readonly Column<Order>[] = [
  { key: "number", title: "#", number: true, width: 70, value: (row) => row.number },
  { key: "ts", title: "Time", width: 200, value: (row) => row.ts, cell: (row) => <Time ns={row.ts} /> },
  { key: "symbol", title: "Symbol", width: 100, value: (row) => row.symbol },
  { key: "side", title: "Side", width: 70, value: (row) => row.side },
  { key: "kind", title: "Kind", width: 110, value: (row) => row.kind },
  { key: "role", title: "Role", width: 90, wide: true, value: (row) => row.role },
  { key: "quantity", title: "Quantity", number: true, width: 130, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} /> },
  { key: "filled", title: "Filled", number: true, width: 130, wide: true, value: (row) => row.filled, cell: (row) => <Quantity value={row.filled} /> },
  { key: "limit", title: "Limit", number: true, width: 110, wide: true, value: (row) => row.limit, cell: (row) => <Price value={row.limit} /> },
  { key: "trigger", title: "Trigger", number: true, width: 110, wide: true, value: (row) => row.trigger, cell: (row) => <Price value={row.trigger} /> },
  { key: "average", title: "Mean price", number: true, width: 120, value: (row) => row.average_price, cell: (row) => <Price value={row.average_price} /> },
  { key: "status", title: "Status", width: 110, value: (row) => row.status, cell: (row) => <Badge tone={row.status === "refused" ? "warn" : "neutral"}>{row.status}</Badge> },
  { key: "why", title: "Why", width: 260, wide: true, value: (row) => row.reason || row.why },
];

function Orders({ id }: { id: string }): React.ReactElement {
  const orders = usePages("/api/v1/backtests/{run_id}/orders", { params: { run_id: id }, query: { limit: 500 } });
  return (
    <Card flush className="mt-3">
      <DataTable id="backtest-orders" label="orders" rows={orders.rows} columns={ORDERS} rowKey={(row) => String(row.number)} loading={orders.loading} problem={orders.problem} onRetry={orders.refetch} onEnd={orders.fetchMore} height={16} empty={<p className="p-3 text-soft">It sent no order.</p>} />
    </Card>
  );
}

function Figures({ run }: { run: Run }): React.ReactElement {
  const groups = [...new Set(run.figures.map(({ group }) => group))];
  return (
    <div className="grid grid-cols-1 gap-3 pt-3 wide:grid-cols-3">
      {groups.map((group) => (
        <Card key={group} title={group}>
          <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-2">
            {run.figures
              .filter((figure) => figure.group === group)
              .map((figure) => (
                <div key={figure.key} className="contents">
                  <dt className="min-w-0">
                    {figure.name}
                    {figure.hint ? <span className="block text-small text-faint">{figure.hint}</span> : null}
                  </dt>
                  <dd className="text-right">
                    <FigureText value={figure.value} kind={figure.kind} currency={run.currency} />
                  </dd>
                </div>
              ))}
          </dl>
        </Card>
      ))}
    </div>
  );
}

function MadeFrom({ run }: { run: Run }): React.ReactElement {
  const parameters = Object.entries(run.parameters);
  return (
    <div className="grid grid-cols-1 gap-3 pt-3 wide:grid-cols-2">
      <Card title="Terms">
        <Facts items={[["cash at the start", <Money key="cash" value={run.cash} currency={run.currency} places={2} />], ...Object.entries(run.terms).map(([name, said]) => [name, said] as const)]} />
      </Card>
      <Card title="Parameters">{parameters.length > 0 ? <Facts items={parameters.map(([name, value]) => [name, <span key={name} className="number">{value}</span>] as const)} /> : <p className="text-soft">It declares none.</p>}</Card>
      <Card title="Data">
        <div className="flex flex-col gap-3">
          {run.data.map((series) => (
            <div key={series.name}>
              <b>{series.name}</b>
              <Facts
                items={[
                  ["from", series.source],
                  ["rows", <span key="rows"><Count value={series.rows} /> {series.kind} {series.timeframe}</span>],
                  ["span", <span key="span"><Time ns={series.from_ns} detail="day" /> to <Time ns={series.to_ns} detail="day" /></span>],
                  ["hash", <span key="hash" className="font-mono text-small">{series.hash}</span>],
                ]}
              />
              {series.notes.map((note) => (
                <p key={note} className="text-small text-soft">
                  {note}
                </p>
              ))}
            </div>
          ))}
        </div>
      </Card>
      <Card title="Proof">
        <Facts
          items={[
            ["run", <span key="run" className="font-mono text-small">{run.id}</span>],
            ["file", run.file || "not in the catalogue"],
            ["code", <span key="code" className="font-mono text-small">{run.code_hash}</span>],
            ["result", <span key="result" className="font-mono text-small">{run.hash}</span>],
            ["made", <Time key="made" ns={run.made_ns} />],
            ["Parrot", run.version],
            ["kept back-tests of this strategy", <Count key="trials" value={run.trials} />],
            ...Object.entries(run.bounds ?? {}).map(([name, value]) => [`final equity, ${name}`, <Money key={name} value={value} currency={run.currency} places={2} />] as const),
          ]}
        />
        <p className="mt-2 text-small text-faint">The same code, data and terms give the same result hash, on every machine.</p>
      </Card>
    </div>
  );
}
