"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useDeferredValue, useMemo, useState } from "react";
import { addressOf, useApi, usePages, type Answer } from "@/shared/api";
import { Button, ButtonLink, Card, Count, DataTable, Dialog, Empty, Facts, Page, Select, TextField, Time, Typed, type Column } from "@/shared/ui";
import { ChainCheck } from "./check";
import { tellingOf, titleOf } from "./telling";
import { momentNs } from "./words";

export type Act = Answer<"/api/v1/audit/acts", "get">["items"][number];

const COLUMNS: readonly Column<Act>[] = [
  { key: "seq", title: "Entry", number: true, width: 72, value: (act) => act.seq, wide: true },
  { key: "ts", title: "Time", width: 184, value: (act) => act.ts, cell: (act) => <Time ns={act.ts} /> },
  { key: "who", title: "Who", width: 140, value: (act) => act.who, cell: (act) => <Typed>{act.who}</Typed> },
  { key: "what", title: "What", width: 170, value: (act) => titleOf(act.what) },
  { key: "about", title: "About", width: 560, value: tellingOf, cell: (act) => <span title={tellingOf(act)}><Typed>{tellingOf(act)}</Typed></span>, wide: true },
  { key: "entry", title: "Desk entry", number: true, hidden: true, value: (act) => act.entry || null },
];

/** What people did, found by person, act, time or text; and whether the log is what was written. */
export function Audit(): React.ReactElement {
  const router = useRouter();
  const chosen = useSearchParams().get("entry");
  const [who, setWho] = useState("");
  const [what, setWhat] = useState("");
  const [typed, setTyped] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const text = useDeferredValue(typed.trim());
  const query = useMemo(() => ({ who, what, text, from_ns: momentNs(from) ?? null, to_ns: momentNs(to) ?? null, limit: 200 }), [who, what, text, from, to]);
  const facts = useApi("/api/v1/audit", { every_ms: 20_000 });
  const pages = usePages("/api/v1/audit/acts", { query });
  const open = pages.rows.find((act) => String(act.seq) === chosen);
  const filtered = Boolean(who || what || text || from || to);
  const names = (all: readonly { name: string; acts: number }[] | undefined, every: string, words = (name: string): string => name): [string, string][] => [["", every], ...(all ?? []).map(({ name, acts }): [string, string] => [name, `${words(name)} (${acts})`])];
  return (
    <Page
      title="Audit"
      fill
      about={facts.data ? <span><Count value={facts.data.acts} /> acts in <Count value={facts.data.entries} /> entries of the chain</span> : undefined}
      actions={
        <ButtonLink icon="download" href={addressOf("/api/v1/audit/acts.csv", { query: { who, what, text, from_ns: query.from_ns, to_ns: query.to_ns } })}>
          Export CSV
        </ButtonLink>
      }
    >
      <div className="flex h-full min-h-0 flex-col gap-3">
        <ChainCheck facts={facts.data} />
        <Card flush fill className="min-h-[320px]">
          <div className="flex h-full min-h-0 flex-col">
            <div className="grid grid-cols-2 gap-2 border-b p-2 md:grid-cols-5">
              <Select label="Person" value={who} onChange={setWho} options={names(facts.data?.people, "Everybody")} />
              <Select label="Act" value={what} onChange={setWhat} options={names(facts.data?.kinds, "Every act", titleOf)} />
              <TextField label="Text anywhere" placeholder="BTC/USDT" value={typed} onChange={setTyped} maxLength={100} />
              <TextField label="From" type="datetime-local" value={from} onChange={setFrom} />
              <TextField label="To" type="datetime-local" value={to} onChange={setTo} />
            </div>
            <div className="min-h-0 flex-1">
              <DataTable
                id="audit"
                label="acts"
                plain
                rows={pages.rows}
                columns={COLUMNS}
                rowKey={(act) => String(act.seq)}
                sort={{ key: "ts", down: true }}
                chosen={chosen ?? undefined}
                onOpen={(act) => router.replace(`/audit?entry=${act.seq}`)}
                loading={pages.loading}
                problem={pages.problem}
                onRetry={pages.refetch}
                onEnd={pages.more ? pages.fetchMore : undefined}
                empty={filtered ? <Empty title="No act fits">Take a filter away.</Empty> : <Empty title="Nothing was done yet" />}
              />
            </div>
          </div>
        </Card>
      </div>
      <Dialog
        open={open !== undefined}
        onOpenChange={() => router.replace("/audit")}
        title={open ? titleOf(open.what) : ""}
        width="medium"
        foot={<Button onClick={() => router.replace("/audit")}>Close</Button>}
      >
        {open ? (
          <Facts
            items={[
              ["In words", <Typed key="words">{tellingOf(open) || "\u2013"}</Typed>],
              ["Entry of the log", <Count key="seq" value={open.seq} />],
              ["Time", <Time key="ts" ns={open.ts} millis />],
              ["Who", <Typed key="who">{open.who}</Typed>],
              ["Entry of the desk", open.entry ? <Count key="entry" value={open.entry} /> : "none: it is no command of the desk"],
              ...Object.entries(open.about).map(([name, value]): [string, React.ReactNode] => [name, <Typed key={name}>{value || "\u2013"}</Typed>]),
            ]}
          />
        ) : null}
      </Dialog>
    </Page>
  );
}
