"use client";

import { useState } from "react";
import { useCommand, usePages, type Answer } from "@/shared/api";
import { useFollowed } from "@/shared/api/followed";
import { useMay } from "@/shared/session";
import { Answered, Badge, Button, Card, Check, Confirm, DataTable, Dialog, Empty, FailedLine, Grid, Select, TextField, Time, toast, Typed, type Column, type Tone } from "@/shared/ui";

type Past = Answer<"/api/v1/risk/history", "get">["items"][number];

const KINDS = [
  ["all", "Everything"],
  ["strategy", "One strategy"],
  ["symbol", "One symbol"],
  ["account", "One account"],
  ["user", "One person"],
] as const;
type Kind = (typeof KINDS)[number][0];
const WORDS: Record<string, readonly [string, Tone]> = {
  kill_engaged: ["stopped", "loss"],
  kill_rearmed: ["re-armed", "gain"],
  breaker_tripped: ["breaker", "loss"],
  limits_set: ["limits", "neutral"],
};
const COLUMNS: readonly Column<Past>[] = [
  { key: "ts", title: "Time", value: (row) => row.ts, cell: (row) => <Time ns={row.ts} />, width: 210 },
  { key: "kind", title: "What", value: (row) => WORDS[row.kind]?.[0] ?? row.kind, cell: (row) => <Badge tone={WORDS[row.kind]?.[1] ?? "neutral"}>{WORDS[row.kind]?.[0] ?? row.kind}</Badge>, width: 110 },
  { key: "scope", title: "Scope", value: (row) => row.scope, cell: (row) => <Typed>{row.scope}</Typed>, width: 160 },
  { key: "by", title: "By", value: (row) => row.by, cell: (row) => <Typed>{row.by || "risk"}</Typed>, width: 140, wide: true },
  { key: "text", title: "What happened", value: (row) => row.text, cell: (row) => <Typed>{row.text}</Typed>, width: 460, wide: true },
];

/** The kill switch by scope, what is stopped now, and what was. */
export function Switch(): React.ReactElement {
  const tree = useFollowed("/api/v1/risk/tree", "limits");
  const past = usePages("/api/v1/risk/history", { query: { limit: 100 } });
  const mayKill = useMay("kill:engage");
  const mayRearm = useMay("kill:rearm");
  const [rearmed, setRearmed] = useState<string>();
  return (
    <div className="flex flex-col gap-3 pt-3">
      <Grid>
        <Card title="Stopped now" span={mayKill ? 7 : 12}>
          <Answered of={tree} rows={2}>
            {({ stopped }) =>
              stopped.length === 0 ? (
                <Empty title="Nothing is stopped">Orders of every scope may leave, within their limits.</Empty>
              ) : (
                <ul className="flex flex-col">
                  {stopped.map(({ scope, reason }) => (
                    <li key={scope} className="flex flex-wrap items-center gap-2 border-b py-2 last:border-b-0">
                      <Badge tone="loss">{reason.includes("(pause)") ? "paused" : "stopped"}</Badge>
                      <span className="font-strong"><Typed>{scope}</Typed></span>
                      <span className="min-w-0 flex-1 text-soft phone:order-last phone:basis-full"><Typed>{reason}</Typed></span>
                      {mayRearm && !reason.startsWith("reduce-only") ? <Button small onClick={() => setRearmed(scope)} aria-label={`Re-arm ${scope}`}>Re-arm</Button> : null}
                    </li>
                  ))}
                </ul>
              )
            }
          </Answered>
        </Card>
        {mayKill ? <StopScope /> : null}
      </Grid>
      <Card title="What was stopped, re-armed and limited" flush>
        <DataTable id="risk.history" label="acts" rows={past.rows} columns={COLUMNS} rowKey={(row) => String(row.seq)} loading={past.loading} problem={past.problem} onRetry={past.refetch} onEnd={past.more ? past.fetchMore : undefined} height={12} empty={<Empty title="Nothing yet">Every kill, breaker, re-arming and change of limits is kept here.</Empty>} />
      </Card>
      {rearmed === undefined ? null : <Rearm scope={rearmed} onClose={() => setRearmed(undefined)} />}
    </div>
  );
}

function StopScope(): React.ReactElement {
  const [kind, setKind] = useState<Kind>("all");
  const [name, setName] = useState("");
  const [flatten, setFlatten] = useState(false);
  const [reason, setReason] = useState("");
  const [sure, setSure] = useState(false);
  const scope = kind === "all" ? "all" : `${kind}:${name.trim()}`;
  const kill = useCommand("post", "/api/v1/kill", {
    changes: ["/api/v1/status", "/api/v1/risk", "/api/v1/orders"],
    onDone: () => {
      setSure(false);
      setName("");
      setReason("");
      toast.done(`${scope} is stopped`, "No order of it leaves until somebody re-arms it.");
    },
  });
  const missing = kind !== "all" && !name.trim();
  return (
    <Card title="Stop orders" span={5}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) setSure(true);
        }}
      >
        <div className="flex gap-2 phone:flex-col">
          <Select label="Of what" value={kind} onChange={setKind} options={KINDS} className="flex-1" />
          {kind === "all" ? null : <TextField label="Which" value={name} onChange={setName} maxLength={50} className="flex-1" placeholder={kind === "symbol" ? "BTC/USDT" : ""} />}
        </div>
        <TextField label="Why" value={reason} onChange={setReason} maxLength={300} />
        <Check label="Close positions as well" hint="Market orders that only shrink positions are sent." value={flatten} onChange={setFlatten} />
        <div>
          <Button kind="danger" icon="stop" type="submit" disabled={missing}>
            Stop orders
          </Button>
        </div>
      </form>
      <Confirm
        open={sure}
        onOpenChange={setSure}
        title={kind === "all" ? "Stop all trading" : `Stop ${scope}`}
        action={flatten ? "Stop and close positions" : "Stop orders"}
        word="stop"
        busy={kill.busy}
        problem={kill.problem}
        onConfirm={() => void kill.run({ body: { scope, reason: reason.trim(), flatten, source: "api", by: "" } })}
      >
        Open orders of {kind === "all" ? "every scope" : <b className="text-text">{scope}</b>} are cancelled, except stops and targets that protect a position, and no new one leaves until somebody re-arms it.{" "}
        {flatten ? "Its positions are closed at the market." : "Positions stay as they are."}
      </Confirm>
    </Card>
  );
}

function Rearm({ scope, onClose }: { scope: string; onClose: () => void }): React.ReactElement {
  const [reason, setReason] = useState("");
  const rearm = useCommand("post", "/api/v1/rearm", {
    changes: ["/api/v1/status", "/api/v1/risk"],
    onDone: () => {
      toast.done(`${scope} is armed again`);
      onClose();
    },
  });
  const ready = reason.trim() !== "";
  const send = (): void => {
    if (ready) void rearm.run({ body: { scope, reason: reason.trim(), by: "", flatten: false } });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Re-arm ${scope}`}
      about="Its orders may leave again, within their limits. Limits on losses count from now on."
      foot={
        <>
          <Button onClick={onClose}>Leave it stopped</Button>
          <Button kind="primary" busy={rearm.busy} disabled={!ready} onClick={send}>
            Re-arm
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField label="Why it is safe again" value={reason} onChange={setReason} maxLength={300} autoFocus />
      </form>
      <FailedLine problem={rearm.problem} />
    </Dialog>
  );
}
