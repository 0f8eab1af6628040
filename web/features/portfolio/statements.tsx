"use client";

import { useState } from "react";
import { addressOf, useApi, useCommand, type Answer } from "@/shared/api";
import { Answered, Badge, Button, Card, Empty, FailedLine, Icon, TextField } from "@/shared/ui";

const PATH = "/api/v1/portfolio/statements";
type Statements = Answer<typeof PATH, "get">;
type Month = Statements["items"][number];
export type Made = Statements["made"][number];
interface Span {
  since: number;
  until: number;
  name: string;
  made: readonly Made[];
}

const FORMS = [
  ["html", "Page"],
  ["csv", "CSV"],
  ["json", "JSON"],
] as const;
const DAY_NS = 86_400n * 1_000_000_000n;

/** A day (UTC) such as 2026-11-21 as its first ns; undefined when it is none. */
export function startOfDay(day: string): bigint | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day || ms < 0) return undefined;
  return BigInt(ms) * 1_000_000n;
}

/** Of a period: the statement that is on its way, else the newest that can be read, else why the last one failed. */
export function madeOf(made: readonly Made[], since: number, until: number): Made | undefined {
  const mine = made.filter((one) => one.since_ns === since && one.until_ns === until);
  return mine.find(onItsWay) ?? mine.find(({ kept }) => kept) ?? mine.find(({ state }) => state !== "finished");
}

const onItsWay = ({ state }: Made): boolean => state === "waiting" || state === "running";

/** Statements of months and of any period, made beside trading, as a page, CSV or JSON. */
export function Statements(): React.ReactElement {
  const [busy, setBusy] = useState(false);
  const asked = useApi(PATH, { every_ms: busy ? 1_000 : 30_000 });
  const made = asked.data?.made ?? [];
  const under = made.some(onItsWay);
  if (under !== busy) setBusy(under);
  return (
    <div className="flex flex-col gap-3 pt-3">
      <Card title="Months (UTC)" flush>
        <Answered of={asked}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No statements yet">The first is of the month of the first deposit.</Empty>
            ) : (
              <ul>
                {items.map((month) => (
                  <MonthLine key={month.month} month={month} made={made} />
                ))}
              </ul>
            )
          }
        </Answered>
      </Card>
      <Period made={made} />
    </div>
  );
}

function MonthLine({ month, made }: { month: Month; made: readonly Made[] }): React.ReactElement {
  return (
    <li className="flex min-h-[var(--row)] flex-wrap items-center gap-2 border-b px-3 py-1 last:border-b-0">
      <span className="number w-20 font-strong">{month.month}</span>
      {month.whole ? null : <Badge>so far</Badge>}
      <span className="ml-auto flex flex-wrap items-center gap-2">
        <Statement since={month.since_ns} until={month.until_ns} name={month.month} made={made} again={!month.whole} />
      </span>
    </li>
  );
}

function Statement({ since, until, name, made, again }: Span & { again: boolean }): React.ReactElement {
  const start = useCommand("post", PATH, { changes: [PATH] });
  const found = madeOf(made, since, until);
  const problem = start.problem ?? (found?.state === "failed" ? found.problem : null);
  if (found && onItsWay(found)) return <Making name={name} made={found} />;
  return (
    <>
      {problem ? <FailedLine problem={problem} /> : null}
      {found?.kept ? <Forms id={found.id} name={name} /> : null}
      {found?.kept && !again ? null : (
        <Button small busy={start.busy} onClick={() => void start.run({ body: { since_ns: since, until_ns: until } })} aria-label={`Make the statement of ${name}`}>
          {found?.kept ? "Make anew" : "Make"}
        </Button>
      )}
    </>
  );
}

function Making({ name, made }: { name: string; made: Made }): React.ReactElement {
  const cancel = useCommand("post", `${PATH}/{statement_id}/cancel`, { changes: [PATH] });
  const percent = Math.floor(made.part * 100);
  return (
    <>
      {cancel.problem ? <FailedLine problem={cancel.problem} /> : null}
      <progress className="h-2 w-24 accent-accent-strong" max={1} value={made.part} aria-label={`Statement of ${name}: ${percent} per cent`} />
      <span className="number">{made.state === "waiting" ? "waits" : `${percent} %`}</span>
      <Button small busy={cancel.busy} onClick={() => void cancel.run({ params: { statement_id: made.id } })} aria-label={`Cancel the statement of ${name}`}>
        Cancel
      </Button>
    </>
  );
}

function Forms({ id, name }: { id: string; name: string }): React.ReactElement {
  return (
    <>
      {FORMS.map(([form, words]) => (
        <a key={form} className="inline-flex h-6 items-center gap-1 rounded border border-line-strong bg-raised px-2 text-small font-strong hover:bg-hover phone:h-10" href={addressOf(`${PATH}/{statement_id}/file`, { params: { statement_id: id }, query: { form } })} download={`statement-${name}.${form}`} aria-label={`Statement of ${name} as ${words}`}>
          <Icon name="download" size={12} /> {words}
        </a>
      ))}
    </>
  );
}

function Period({ made }: { made: readonly Made[] }): React.ReactElement {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [asked, setAsked] = useState<{ from: string; to: string }>();
  const [since, last] = [startOfDay(from), startOfDay(to)];
  const wrong = { from: from && since === undefined ? "write a day such as 2026-11-21" : undefined, to: to && last === undefined ? "write a day such as 2026-11-21" : since !== undefined && last !== undefined && last < since ? "the period ends before it begins" : undefined };
  const ready = since !== undefined && last !== undefined && !wrong.to;
  const chosen = asked ? { since: startOfDay(asked.from), last: startOfDay(asked.to) } : undefined;
  return (
    <Card title="Another period">
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) setAsked({ from, to });
        }}
      >
        <TextField label="From (day, UTC)" value={from} onChange={setFrom} placeholder="2026-11-01" maxLength={10} problem={wrong.from} />
        <TextField label="Up to and with (day, UTC)" value={to} onChange={setTo} placeholder="2026-11-30" maxLength={10} problem={wrong.to} />
        <Button type="submit" disabled={!ready}>
          Choose
        </Button>
        {chosen?.since !== undefined && chosen.last !== undefined && asked ? (
          <span className="flex flex-wrap items-center gap-2">
            <Statement since={Number(chosen.since)} until={Number(chosen.last + DAY_NS)} name={`${asked.from}-${asked.to}`} made={made} again />
          </span>
        ) : null}
      </form>
    </Card>
  );
}
