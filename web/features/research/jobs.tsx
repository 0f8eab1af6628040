"use client";

import { useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useMemo, useRef } from "react";
import { refresh, useApi, useCommand, type Answer } from "@/shared/api";
import { writtenSpan } from "@/shared/format";
import { useMay } from "@/shared/session";
import { useRows } from "@/shared/stream";
import { Badge, Button, FailedLine, Money, Time, type Tone } from "@/shared/ui";

/** One job, as the stream and the question say it. */
export type Job = Answer<"/api/v1/jobs", "get">["items"][number];

const UNDERWAY: ReadonlySet<string> = new Set(["waiting", "running"]);
const TONES: Record<Job["state"], Tone> = { waiting: "neutral", running: "accent", finished: "gain", failed: "loss", cancelled: "neutral", interrupted: "warn" };

/** Whether a job has not ended. */
export function isUnderway(job: Job): boolean {
  return UNDERWAY.has(job.state);
}

/** Back-tests and comparisons, newest first; live where the stream brings them, else asked for. `changes` are asked anew when one ends. */
export function useJobs(changes: readonly string[]): { jobs: readonly Job[]; loading: boolean } {
  const live = useRows<Job>("jobs");
  const streamed = live.state === "live" || live.state === "stale";
  const asked = useApi("/api/v1/jobs", { query: { limit: 100 }, ...(streamed ? {} : { every_ms: 1_000 }) });
  const jobs = useMemo(() => {
    const rows = streamed ? live.rows : (asked.data?.items ?? []);
    return rows.filter(({ kind }) => kind === "backtest" || kind === "parity").toSorted((a, b) => (a.id < b.id ? 1 : -1));
  }, [streamed, live.rows, asked.data]);
  const client = useQueryClient();
  const ended = jobs.filter((job) => !isUnderway(job)).length;
  const before = useRef<number>(undefined);
  useEffect(() => {
    if (before.current !== undefined && before.current !== ended) void refresh(client, changes);
    before.current = ended;
  }, [client, ended, changes]);
  return { jobs, loading: !streamed && asked.isPending };
}

/** What a job is doing, in words beside colour. */
export function JobBadge({ job }: { job: Job }): React.ReactElement {
  return <Badge tone={TONES[job.state]}>{job.state}</Badge>;
}

/** How far a job is: a bar, the time in the data, what the account is worth there, how long it may take. */
export function JobLine({ job }: { job: Job }): React.ReactElement {
  const mayRun = useMay("backtests:run");
  const cancel = useCommand("delete", "/api/v1/jobs/{job_id}", { changes: ["/api/v1/jobs"] });
  const again = useCommand("post", "/api/v1/jobs/{job_id}/again", { changes: ["/api/v1/jobs"] });
  const per = Math.round(job.part * 100);
  return (
    <div className="flex min-w-0 flex-col gap-1.5 border-b px-3 py-2 last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <JobBadge job={job} />
        <b className="min-w-0 truncate">{job.title}</b>
        <span className="text-small text-faint">by {job.by}</span>
        {job.state === "running" ? (
          <span className="number text-small text-soft">
            {per} %{job.left_ms != null && job.left_ms > 0 ? `, about ${writtenSpan(Math.max(1_000, job.left_ms))} left` : ""}
          </span>
        ) : null}
        {job.state === "running" && job.reached_ns ? (
          <span className="text-small text-soft">
            at <Time ns={job.reached_ns} detail="day" />
            {job.equity ? (
              <>
                {" "}
                worth <Money value={job.equity} places={2} />
              </>
            ) : null}
          </span>
        ) : null}
        <span className="ml-auto flex items-center gap-1">
          {job.run_id ? (
            <Link className="link" prefetch={false} href={`/backtests?id=${job.run_id}`}>
              Report
            </Link>
          ) : null}
          {mayRun && isUnderway(job) ? (
            <Button small icon="close" busy={cancel.busy} onClick={() => void cancel.run({ params: { job_id: job.id } })}>
              Cancel
            </Button>
          ) : null}
          {mayRun && (job.state === "failed" || job.state === "interrupted" || job.state === "cancelled") ? (
            <Button small icon="refresh" busy={again.busy} onClick={() => void again.run({ params: { job_id: job.id } })}>
              Run again
            </Button>
          ) : null}
        </span>
      </div>
      {isUnderway(job) ? (
        <div role="progressbar" aria-label={job.title} aria-valuemin={0} aria-valuemax={100} aria-valuenow={per} className="h-1.5 w-full overflow-hidden rounded-small bg-line">
          <div className="h-full bg-accent transition-[width]" style={{ width: `${per}%` }} />
        </div>
      ) : null}
      {job.problem ? (
        <p className="text-soft">
          {job.problem.problem}
          {job.problem.expected ? `; expected: ${job.problem.expected}` : ""}
          {job.problem.fix ? `; ${job.problem.fix}` : ""}
        </p>
      ) : null}
      <FailedLine problem={cancel.problem ?? again.problem} />
    </div>
  );
}
