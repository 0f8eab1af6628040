"use client";

import { useState } from "react";
import { useApi, usePages, type Answer } from "@/shared/api";
import { useMay } from "@/shared/session";
import { Badge, Button, Card, Count, DataTable, Empty, Figure, Grid, Page, Tabs, Time, Typed, type Column } from "@/shared/ui";
import { DownloadDialog, UploadDialog } from "./asking";
import { DataJobs } from "./jobs";
import { QualityDialog } from "./quality";
import { bytesOf } from "./sizes";

export type Series = Answer<"/api/v1/data/series", "get">["items"][number];

const COLUMNS: readonly Column<Series>[] = [
  { key: "symbol", title: "Symbol", width: 130, value: (one) => one.symbol, cell: (one) => <Typed>{one.symbol}</Typed> },
  { key: "kind", title: "Kind", width: 120, value: (one) => one.kind, cell: (one) => (one.timeframe ? `bars ${one.timeframe}` : one.kind) },
  { key: "venue", title: "From", width: 120, value: (one) => one.venue, cell: (one) => <Typed>{one.venue}</Typed>, wide: true },
  { key: "lake", title: "How", width: 110, value: (one) => one.lake, cell: (one) => <Badge tone={one.lake === "recorded" ? "accent" : "neutral"}>{one.lake === "recorded" ? "recorded" : "imported"}</Badge>, wide: true },
  { key: "rows", title: "Rows", number: true, width: 120, value: (one) => one.rows, cell: (one) => <Count value={one.rows} /> },
  { key: "first", title: "First", width: 164, value: (one) => one.first_ts, cell: (one) => <Time ns={one.first_ts} detail="minute" />, wide: true },
  { key: "last", title: "Last", width: 164, value: (one) => one.last_ts, cell: (one) => <Time ns={one.last_ts} detail="minute" />, wide: true },
  { key: "bytes", title: "Size", number: true, width: 100, value: (one) => one.bytes, cell: (one) => bytesOf(one.bytes), wide: true },
  { key: "files", title: "Files", number: true, hidden: true, value: (one) => one.files },
];

/** What the lakes hold, how good it is, and how more gets in. */
export function Data(): React.ReactElement {
  const mayWrite = useMay("data:write");
  const [tab, setTab] = useState("series");
  const [judged, setJudged] = useState<Series>();
  const [asking, setAsking] = useState<"download" | "upload">();
  const totals = useApi("/api/v1/data/series", { query: { limit: 1 }, every_ms: 15_000, keep: true });
  const pages = usePages("/api/v1/data/series", { query: { limit: 500 } });
  const lookAt = (one: Series): void => setJudged(one);
  return (
    <Page
      title="Data"
      fill
      actions={
        mayWrite ? (
          <>
            <Button icon="plus" onClick={() => setAsking("upload")}>
              Import a file
            </Button>
            <Button kind="primary" icon="download" onClick={() => setAsking("download")}>
              Download history
            </Button>
          </>
        ) : undefined
      }
    >
      <div className="flex h-full min-h-0 flex-col gap-3">
        <Card>
          <Grid>
            <Figure className="col-span-4" label="Series">
              <Count value={totals.data?.total_series} />
            </Figure>
            <Figure className="col-span-4" label="Rows">
              <Count value={totals.data?.total_rows} />
            </Figure>
            <Figure className="col-span-4" label="On this disk">
              {totals.data ? bytesOf(totals.data.total_bytes) : "\u2013"}
            </Figure>
          </Grid>
        </Card>
        <Card flush fill className="min-h-[360px]">
          <Tabs
            label="Data"
            fill
            value={tab}
            onChange={setTab}
            tabs={[
              {
                key: "series",
                label: "Series",
                content: (
                  <DataTable
                    id="data-series"
                    label="series"
                    rows={pages.rows}
                    columns={COLUMNS}
                    rowKey={(one) => one.source}
                    sort={{ key: "symbol" }}
                    onOpen={mayWrite ? (one) => (one.timeframe ? lookAt(one) : undefined) : undefined}
                    acts={(one) => (mayWrite && one.timeframe ? <QualityButton one={one} lookAt={lookAt} /> : null)}
                    loading={pages.loading}
                    problem={pages.problem}
                    onRetry={pages.refetch}
                    onEnd={pages.more ? pages.fetchMore : undefined}
                    empty={
                      <Empty title="The lake is empty">
                        Download history of an exchange, or import a file. What this platform sees of its market is recorded by itself, from the first quarter of an hour on.
                      </Empty>
                    }
                  />
                ),
              },
              { key: "jobs", label: "Downloads and imports", content: <DataJobs mayWrite={mayWrite} /> },
            ]}
          />
        </Card>
      </div>
      {judged ? <QualityDialog series={judged} close={() => setJudged(undefined)} /> : null}
      {asking === "download" ? <DownloadDialog close={() => setAsking(undefined)} begun={() => setTab("jobs")} /> : null}
      {asking === "upload" ? <UploadDialog close={() => setAsking(undefined)} begun={() => setTab("jobs")} /> : null}
    </Page>
  );
}

function QualityButton({ one, lookAt }: { one: Series; lookAt: (one: Series) => void }): React.ReactElement {
  return (
    <Button small onClick={() => lookAt(one)} aria-label={`Quality of ${one.source}`}>
      Quality
    </Button>
  );
}
