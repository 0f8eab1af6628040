"use client";

import { useState } from "react";
import { addressOf, useApi, type Answer } from "@/shared/api";
import { Answered, Badge, Button, Card, Empty, Icon, TextField } from "@/shared/ui";

type Month = Answer<"/api/v1/portfolio/statements", "get">["items"][number];

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

/** Statements of months and of any period, as a page, CSV or JSON. */
export function Statements(): React.ReactElement {
  const asked = useApi("/api/v1/portfolio/statements");
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
                  <MonthLine key={month.month} month={month} />
                ))}
              </ul>
            )
          }
        </Answered>
      </Card>
      <Period />
    </div>
  );
}

function MonthLine({ month }: { month: Month }): React.ReactElement {
  return (
    <li className="flex min-h-[var(--row)] flex-wrap items-center gap-2 border-b px-3 py-1 last:border-b-0">
      <span className="number w-20 font-strong">{month.month}</span>
      {month.whole ? null : <Badge>so far</Badge>}
      <span className="ml-auto flex gap-2">
        <Forms since={String(month.since_ns)} until={String(month.until_ns)} name={month.month} />
      </span>
    </li>
  );
}

function Forms({ since, until, name }: { since: string; until: string; name: string }): React.ReactElement {
  return (
    <>
      {FORMS.map(([form, words]) => (
        <a key={form} className="inline-flex h-6 items-center gap-1 rounded border border-line-strong bg-raised px-2 text-small font-strong hover:bg-hover phone:h-10" href={addressOf("/api/v1/portfolio/statement", { query: { since, until, form } })} download={`statement-${name}.${form}`} aria-label={`Statement of ${name} as ${words}`}>
          <Icon name="download" size={12} /> {words}
        </a>
      ))}
    </>
  );
}

function Period(): React.ReactElement {
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
          Prepare
        </Button>
        {chosen?.since !== undefined && chosen.last !== undefined && asked ? (
          <span className="flex items-center gap-2">
            <Forms since={String(chosen.since)} until={String(chosen.last + DAY_NS)} name={`${asked.from}-${asked.to}`} />
          </span>
        ) : null}
      </form>
    </Card>
  );
}
