"use client";

import { useEffect, useRef, useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { Badge, Button, Count, Dialog, Empty, Facts, Failed, Loading, Select, Time, Typed } from "@/shared/ui";
import type { Series } from "./data";
import { ENDED } from "./jobs";

type Quality = NonNullable<Answer<"/api/v1/data/jobs/{job_id}", "get">["quality"]>;

/** What is wrong with a series: looked at now, in a process of its own. */
export function QualityDialog({ series, close }: { series: Series; close: () => void }): React.ReactElement {
  const facts = useApi("/api/v1/data");
  const [calendar, setCalendar] = useState("24/7");
  const start = useCommand("post", "/api/v1/data/quality", { changes: ["/api/v1/data/jobs"] });
  const begun = useRef("");
  const { run } = start;
  useEffect(() => {
    const wanted = `${series.source} ${calendar}`;
    if (begun.current === wanted) return;
    begun.current = wanted;
    void run({ body: { source: series.source, calendar } });
  }, [series.source, calendar, run]);
  const asked = start.answer;
  const [ended, setEnded] = useState("");
  const job = useApi("/api/v1/data/jobs/{job_id}", { params: { job_id: asked?.id ?? "" }, when: asked !== undefined, ...(asked && ended !== asked.id ? { every_ms: 500 } : {}) });
  if (job.data && ENDED.has(job.data.state) && ended !== job.data.id) setEnded(job.data.id);
  const problem = start.problem ?? job.error;
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Quality"
      width="large"
      about={<Typed>{series.source}</Typed>}
      foot={<Button onClick={close}>Close</Button>}
    >
      <Select label="When the market is open" value={calendar} onChange={setCalendar} options={(facts.data?.calendars ?? ["24/7"]).map((one) => [one, one === "24/7" ? "always (24/7)" : one] as const)} />
      {problem ? <Failed problem={problem} /> : null}
      {job.data?.problem ? (
        <p className="text-loss">
          <Typed>{job.data.problem.problem}</Typed>
        </p>
      ) : null}
      {!problem && !job.data?.problem ? job.data?.quality ? <Report quality={job.data.quality} /> : <Loading rows={5} label="Every row is looked at" /> : null}
    </Dialog>
  );
}

function Report({ quality }: { quality: Quality }): React.ReactElement {
  return (
    <>
      <Facts
        items={[
          ["A back-test", quality.usable ? <Badge key="u" tone="gain">takes these data</Badge> : <Badge key="u" tone="loss">refuses these data</Badge>],
          ["Rows", <Count key="r" value={quality.rows} />],
          ["First", <Time key="f" ns={quality.first_ts} />],
          ["Last", <Time key="l" ns={quality.last_ts} />],
          ["Bars of", quality.timeframe ?? "not clear"],
        ]}
      />
      {quality.findings.length === 0 ? <Empty title="Nothing is wrong">No gaps, no duplicates, no rows that cannot be, no spikes.</Empty> : null}
      <ul className="flex flex-col gap-2">
        {quality.findings.map((finding) => (
          <li key={finding.flaw} className="flex flex-col gap-1 rounded border p-3">
            <div className="flex flex-wrap items-center gap-2">
              <span className="font-strong">{finding.flaw}</span>
              <Badge tone={finding.breaking ? "loss" : "warn"}>{finding.breaking ? "refused by a back-test" : "to know"}</Badge>
              <span className="ml-auto number">
                <Count value={finding.count} />
              </span>
            </div>
            <p>{finding.summary}</p>
            <p className="text-soft">{finding.advice}</p>
            <ul className="text-small text-faint">
              {finding.places.slice(0, 5).map((place, index) => (
                <li key={index}>
                  <Time ns={place.ts} />: <Typed>{place.text}</Typed>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </>
  );
}
