"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useMemo, useState } from "react";
import { usePages, type Answer } from "@/shared/api";
import { useMay } from "@/shared/session";
import { Badge, Button, Card, Count, DataTable, Empty, Money, Page, Percent, Quantity, Time, type Column } from "@/shared/ui";
import { isUnderway, JobLine, useJobs, type Job } from "@/features/research/jobs";
import { Spark } from "@/features/research/spark";
import { NewBacktest } from "./new-backtest";

type Run = Answer<"/api/v1/backtests", "get">["items"][number];

const CHANGES = ["/api/v1/backtests"];
const COMPARED_MOST = 5;

/** Goes on to the report of the job that is waited for, once it is there; the address says which, so that a reload waits as well. */
function useAwaited(jobs: readonly Job[], id: string | null): void {
  const router = useRouter();
  const ended = jobs.find((job) => job.id === id && !isUnderway(job));
  const next = ended && (ended.run_id ? `/backtests?id=${ended.run_id}` : "/backtests");
  useEffect(() => {
    if (next) router.replace(next);
  }, [next, router]);
}

/** Kept runs with small curves, above them what is under way. `fresh` is the file that a new one is asked for, `awaited` the job whose report is to open. */
export function RunList({ fresh, awaited }: { fresh: string | null; awaited: string | null }): React.ReactElement {
  const router = useRouter();
  const mayRun = useMay("backtests:run");
  const runs = usePages("/api/v1/backtests", { query: { limit: 200 } });
  const { jobs } = useJobs(CHANGES);
  useAwaited(jobs, awaited);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState(false);
  const leave = (to: string): void => {
    setOpen(false);
    if (fresh !== null || to !== "/backtests") router.replace(to);
  };
  const shown = useMemo(() => {
    const underway = jobs.filter(isUnderway).toReversed();
    const newest = jobs.filter((job) => job.state === "failed" || job.state === "interrupted").slice(0, 2);
    return [...underway, ...newest];
  }, [jobs]);
  const toggle = useCallback((id: string) => setPicked((before) => flipped(before, id)), []);
  const columns = useMemo(() => columnsOf(picked, toggle), [picked, toggle]);
  const openRun = useCallback((run: Run) => router.push(`/backtests?id=${run.id}`), [router]);
  const news = mayRun ? (
    <Button kind="primary" icon="plus" onClick={() => setOpen(true)}>
      New back-test
    </Button>
  ) : null;
  const empty = (
    <Empty title="No back-tests yet" action={news ?? undefined}>
      A back-test plays a strategy on recorded prices. The demo market needs no data of your own.
    </Empty>
  );
  return (
    <Page
      title="Back-tests"
      fill
      actions={
        <>
          <Button className="phone:hidden" icon="table" disabled={picked.size < 2} onClick={() => router.push(`/backtests?compare=${[...picked].join(",")}`)}>
            {picked.size < 2 ? "Compare (choose 2 to 5)" : `Compare ${picked.size}`}
          </Button>
          {news}
        </>
      }
    >
      <div className="flex h-full min-h-0 flex-col gap-3">
        {shown.length > 0 ? (
          <Card title="Under way and not finished" flush className="max-h-[40%] shrink-0 overflow-auto">
            {shown.map((job) => (
              <JobLine key={job.id} job={job} />
            ))}
          </Card>
        ) : null}
        <div className="min-h-0 flex-1">
          <Card flush fill>
            <DataTable
              id="backtests"
              label="back-tests"
              rows={runs.rows}
              columns={columns}
              rowKey={idOf}
              sort={{ key: "made", down: true }}
              onOpen={openRun}
              loading={runs.loading}
              problem={runs.problem}
              onRetry={runs.refetch}
              empty={empty}
              onEnd={runs.fetchMore}
            />
          </Card>
        </div>
      </div>
      {open || fresh !== null ? <NewBacktest onClose={() => leave("/backtests")} onStarted={(job) => leave(`/backtests?job=${job}`)} start={fresh} /> : null}
    </Page>
  );
}

function Name({ run }: { run: Run }): React.ReactElement {
  return (
    <span className="inline-flex items-center gap-2">
      <b>{run.strategy}</b>
      {run.status === "finished" ? null : <Badge tone="warn">{run.status}</Badge>}
    </span>
  );
}

const idOf = (run: Run): string => run.id;

function flipped(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(before);
  if (!next.delete(id) && next.size < COMPARED_MOST) next.add(id);
  return next;
}

function columnsOf(picked: ReadonlySet<string>, toggle: (id: string) => void): readonly Column<Run>[] {
  return [
    {
      key: "picked",
      title: "Compare",
      width: 72,
      wide: true,
      value: (run) => picked.has(run.id),
      cell: (run) => (
        <input type="checkbox" className="size-4 accent-accent-strong" aria-label={`Compare ${run.strategy} of ${run.id}`} checked={picked.has(run.id)} onChange={() => toggle(run.id)} onClick={(event) => event.stopPropagation()} />
      ),
    },
    { key: "strategy", title: "Strategy", width: 154, value: (run) => run.strategy, cell: (run) => <Name run={run} /> },
    { key: "total_return", title: "Return", number: true, width: 96, value: (run) => run.total_return, cell: (run) => <Percent value={run.total_return} change /> },
    { key: "curve", title: "Equity", width: 112, value: (run) => Number(run.total_return ?? 0), cell: (run) => <Spark values={run.curve} label={`Equity of ${run.strategy}`} width={96} /> },
    { key: "symbols", title: "Data", width: 96, value: (run) => run.symbols.join(", ") },
    { key: "sharpe", title: "Sharpe", number: true, width: 70, value: (run) => run.sharpe, cell: (run) => <Quantity value={run.sharpe} places={2} /> },
    { key: "max_drawdown", title: "Drawdown", number: true, width: 96, value: (run) => run.max_drawdown, cell: (run) => <Percent value={run.max_drawdown} /> },
    { key: "trades", title: "Trades", number: true, width: 66, value: (run) => run.trades, cell: (run) => <Count value={run.trades} /> },
    { key: "win_rate", title: "Won", number: true, width: 60, value: (run) => run.win_rate, cell: (run) => <Percent value={run.win_rate} places={0} /> },
    { key: "final_equity", title: "Final equity", number: true, width: 136, wide: true, value: (run) => run.final_equity, cell: (run) => <Money value={run.final_equity} currency={run.currency} places={2} /> },
    { key: "fees", title: "Fees", number: true, width: 120, hidden: true, value: (run) => run.fees, cell: (run) => <Money value={run.fees} currency={run.currency} places={2} /> },
    { key: "parameters", title: "Parameters", width: 200, hidden: true, value: (run) => Object.entries(run.parameters).map(([name, value]) => `${name}=${value}`).join(" ") },
    { key: "status", title: "Ended", width: 100, hidden: true, value: (run) => run.status, cell: (run) => <Badge tone={run.status === "finished" ? "neutral" : "warn"}>{run.status}</Badge> },
    { key: "made", title: "Made", width: 164, wide: true, value: (run) => run.made_ns, cell: (run) => <Time ns={run.made_ns} detail="minute" /> },
  ];
}
