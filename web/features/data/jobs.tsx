"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { refresh, useApi, useCommand, type Answer } from "@/shared/api";
import { Badge, Button, DataTable, Empty, Time, Typed, type Column, type Tone } from "@/shared/ui";

export type DataJob = Answer<"/api/v1/data/jobs", "get">["items"][number];

export const ENDED: ReadonlySet<string> = new Set(["finished", "failed", "cancelled", "interrupted"]);
const TONES: Record<string, Tone> = { waiting: "neutral", running: "accent", finished: "gain", failed: "loss", cancelled: "warn", interrupted: "warn" };

const COLUMNS: readonly Column<DataJob>[] = [
  { key: "made", title: "Asked", width: 190, value: (job) => job.made_ns, cell: (job) => <Time ns={job.made_ns} />, wide: true },
  { key: "title", title: "What", width: 280, value: (job) => job.title, cell: (job) => <Typed>{job.title}</Typed> },
  { key: "state", title: "State", width: 120, value: (job) => job.state, cell: (job) => <Badge tone={TONES[job.state] ?? "neutral"}>{job.state}</Badge> },
  { key: "part", title: "Done", number: true, width: 150, value: (job) => job.part, cell: (job) => <Part job={job} /> },
  { key: "said", title: "What came", width: 320, value: (job) => said(job), cell: (job) => <Typed>{said(job)}</Typed>, wide: true },
  { key: "by", title: "By", width: 110, value: (job) => job.by, cell: (job) => <Typed>{job.by}</Typed>, wide: true },
];

/** Downloads, imports and looks at quality, with how far each is. */
export function DataJobs({ mayWrite }: { mayWrite: boolean }): React.ReactElement {
  const [busy, setBusy] = useState(false);
  const jobs = useApi("/api/v1/data/jobs", { query: { limit: 200 }, every_ms: busy ? 1_000 : 10_000 });
  const rows = jobs.data?.items ?? [];
  const under = rows.some((job) => !ENDED.has(job.state));
  if (under !== busy) setBusy(under);
  const client = useQueryClient();
  const ended = rows.filter((job) => ENDED.has(job.state)).length;
  useEffect(() => {
    if (ended > 0) void refresh(client, ["/api/v1/data/series"]);
  }, [client, ended]);
  const cancel = useCommand("post", "/api/v1/data/jobs/{job_id}/cancel", { changes: ["/api/v1/data"] });
  const again = useCommand("post", "/api/v1/data/jobs/{job_id}/again", { changes: ["/api/v1/data"] });
  return (
    <DataTable
      id="data-jobs"
      label="jobs"
      rows={rows}
      columns={COLUMNS}
      rowKey={(job) => job.id}
      sort={{ key: "made", down: true }}
      loading={jobs.isPending}
      problem={jobs.error ?? cancel.problem ?? again.problem}
      onRetry={() => {
        cancel.reset();
        again.reset();
        void jobs.refetch();
      }}
      acts={(job) => {
        if (!mayWrite) return null;
        if (!ENDED.has(job.state)) {
          return (
            <Button small onClick={() => void cancel.run({ params: { job_id: job.id } })} aria-label={`Cancel ${job.title}`}>
              Cancel
            </Button>
          );
        }
        return (
          <Button small onClick={() => void again.run({ params: { job_id: job.id } })} aria-label={`${job.title} once more`}>
            {job.kind === "download" && job.state !== "finished" ? "Resume" : "Again"}
          </Button>
        );
      }}
      empty={<Empty title="Nothing was downloaded or imported yet" />}
    />
  );
}

function Part({ job }: { job: DataJob }): React.ReactElement {
  const percent = Math.floor(job.part * 100);
  if (job.state !== "running") return <span>{job.state === "finished" ? "100 %" : `${percent} %`}</span>;
  return (
    <span className="flex items-center justify-end gap-2">
      <progress className="h-2 w-16 accent-accent-strong" max={1} value={job.part} aria-label={`${job.title}: ${percent} per cent`} />
      {percent} %
    </span>
  );
}

function said(job: DataJob): string {
  if (job.problem) return [job.problem.problem, job.problem.fix].filter(Boolean).join("; ");
  if (job.downloaded) return `${job.downloaded.new_bars.toLocaleString("en")} new bars of ${job.downloaded.series}`;
  if (job.imported) return [`${job.imported.rows.toLocaleString("en")} bars of ${job.imported.series}`, ...job.imported.notes].join("; ");
  if (job.quality) return job.quality.findings.length === 0 ? "nothing is wrong" : job.quality.findings.map((one) => `${one.flaw}: ${one.count.toLocaleString("en")}`).join(", ");
  return job.note;
}
