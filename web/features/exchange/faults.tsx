"use client";

import { useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { Badge, Button, Count, DataTable, Dialog, Empty, FailedLine, NumberField, Select, TextField, toast, useForm, type Checks, type Column } from "@/shared/ui";

type Faults = Answer<"/api/v1/exchange/faults", "get">;
type Fault = Faults["items"][number];
type Kind = Fault["kind"];

const WORDS: Record<Kind, string> = {
  "429": "Too many requests (429)",
  "418": "Banned (418)",
  error_before: "Error, not carried out",
  error_after: "Error, and carried out",
  drop_before: "Connection cut, not carried out",
  drop_after: "Carried out, connection cut",
  silent: "Never answered",
  slow: "Answered late",
  lost_events: "Events lost",
  depth_gap: "Gap in the book's events",
  duplicate_events: "Events twice",
  late_events: "Events late",
  reordered_events: "Events in another order",
  drop_sockets: "Open connections cut, once",
  silent_sockets: "Open connections say nothing",
  refused_sockets: "No new connections",
  clock_skew: "Clock wrong",
  maintenance: "Maintenance",
};

const COLUMNS: readonly Column<Fault>[] = [
  { key: "id", title: "No.", number: true, width: 70, value: (one) => one.id },
  { key: "kind", title: "What goes wrong", width: 260, value: (one) => WORDS[one.kind] },
  { key: "match", title: "For", width: 190, value: (one) => one.match, cell: (one) => <code>{one.match}</code> },
  { key: "state", title: "State", width: 90, value: (one) => (one.live ? "live" : "spent"), cell: (one) => <Badge tone={one.live ? "warn" : "neutral"}>{one.live ? "live" : "spent"}</Badge> },
  { key: "happened", title: "Happened", number: true, width: 110, value: (one) => one.happened, cell: (one) => <Count value={one.happened} /> },
  { key: "matched", title: "Matched", number: true, width: 110, value: (one) => one.matched, cell: (one) => <Count value={one.matched} />, wide: true },
];

/** Faults on purpose for clients on the port. */
export function ExchangeFaults({ open, mayWrite }: { open: boolean; mayWrite: boolean }): React.ReactElement {
  const faults = useApi("/api/v1/exchange/faults", { every_ms: 2_000, when: open });
  const [adding, setAdding] = useState(false);
  const clear = useCommand("delete", "/api/v1/exchange/faults/{number}", { changes: ["/api/v1/exchange/faults"] });
  const clearAll = useCommand("delete", "/api/v1/exchange/faults", { changes: ["/api/v1/exchange/faults"], onDone: ({ cleared }) => toast.done(`${cleared} faults taken away`) });
  if (!open) return <Empty title="The port is closed">Faults happen to clients on the port. Open it first.</Empty>;
  return (
    <>
      <DataTable
        id="exchange-faults"
        label="faults"
        rows={faults.data?.items ?? []}
        columns={COLUMNS}
        rowKey={(one) => String(one.id)}
        loading={faults.isPending}
        problem={faults.error}
        onRetry={() => void faults.refetch()}
        tools={
          mayWrite ? (
            <div className="flex gap-2">
              <Button icon="plus" onClick={() => setAdding(true)}>
                Add a fault
              </Button>
              {faults.data && faults.data.items.length > 0 ? (
                <Button busy={clearAll.busy} onClick={() => void clearAll.run()}>
                  Take all away
                </Button>
              ) : null}
            </div>
          ) : undefined
        }
        acts={(one) =>
          mayWrite ? (
            <Button small onClick={() => void clear.run({ params: { number: one.id } })} aria-label={`Take fault ${one.id} away`}>
              Clear
            </Button>
          ) : null
        }
        empty={<Empty title="Nothing goes wrong on purpose">See how your bot copes: add a fault.</Empty>}
      />
      {adding && faults.data ? <Add kinds={faults.data.kinds} close={() => setAdding(false)} /> : null}
    </>
  );
}

interface Wanted {
  kind: Kind;
  match: string;
  probability: string;
  count: string;
  seconds: string;
  delay: string;
  skew: string;
}

const whole = (text: string, low: number, high: number): boolean => /^-?\d+$/.test(text) && Number(text) >= low && Number(text) <= high;
const RIGHT: Checks<Wanted> = ({ match, probability, count, seconds, delay, skew }) => ({
  match: match.length > 0 && match.length <= 128 ? undefined : "a pattern of 1 to 128 characters",
  probability: probability !== "" && Number(probability) >= 0 && Number(probability) <= 100 ? undefined : "from 0 to 100",
  count: count === "" || whole(count, 1, 1e9) ? undefined : "a whole number, or nothing for any number",
  seconds: whole(seconds, 0, 86_400) ? undefined : "whole seconds up to a day; 0 until it is cleared",
  delay: whole(delay, 0, 600_000) ? undefined : "up to 600000",
  skew: whole(skew, -86_400_000, 86_400_000) ? undefined : "up to a day either way",
});
const LATE: ReadonlySet<string> = new Set(["slow", "late_events"]);
const HINTS: Record<string, string> = {
  requests: '* is everything; "POST /api/v3/order" or "order.place"',
  events: '* is everything; "btcusdt@depth*" or "user"',
  sockets: '* is everything; "/ws*"',
  all: "it concerns everything",
};

function Add({ kinds, close }: { kinds: Faults["kinds"]; close: () => void }): React.ReactElement {
  const add = useCommand("post", "/api/v1/exchange/faults", {
    changes: ["/api/v1/exchange/faults"],
    onDone: () => {
      toast.done("The fault is set");
      close();
    },
  });
  const form = useForm<Wanted>({ kind: "slow", match: "*", probability: "100", count: "", seconds: "60", delay: "500", skew: "5000" }, RIGHT, add.problem);
  const { kind } = form.values;
  const to = kinds.find((one) => one.kind === kind)?.to ?? "all";
  const send = (): void => {
    if (!form.valid()) return;
    const { match, probability, count, seconds, delay, skew } = form.values;
    void add.run({
      body: { kind, match, probability: Number(probability) / 100, count: count ? Number(count) : null, duration_ms: Number(seconds) * 1_000, delay_ms: Number(delay), skew_ms: kind === "clock_skew" ? Number(skew) : 0 },
    });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Add a fault"
      about="It happens to clients on the port, never to this platform's own orders."
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" busy={add.busy} onClick={send}>
            Add it
          </Button>
        </>
      }
    >
      <Select label="What goes wrong" options={kinds.map((one) => [one.kind, WORDS[one.kind]] as const)} {...form.field("kind")} />
      <TextField label="For" hint={HINTS[to]} {...form.field("match")} />
      <div className="grid grid-cols-2 gap-3">
        <NumberField label="How often" unit="%" {...form.field("probability")} />
        <NumberField label="At most" unit="times" {...form.field("count")} />
        <NumberField label="For how long" unit="s" {...form.field("seconds")} />
        {LATE.has(kind) ? <NumberField label="How late" unit="ms" {...form.field("delay")} /> : null}
        {kind === "clock_skew" ? <NumberField label="How wrong" unit="ms" {...form.field("skew")} /> : null}
      </div>
      <FailedLine problem={add.problem} />
    </Dialog>
  );
}
