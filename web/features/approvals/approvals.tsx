"use client";

import { useState } from "react";
import { ruleTitle, valueOf } from "@/features/risk/rules";
import { useApi, useCommand, usePages, type Answer } from "@/shared/api";
import { Badge, Button, Card, DataTable, Dialog, Empty, Facts, FailedLine, Failed, Loading, Money, TextField, Time, toast, Typed, type Column, type Tone } from "@/shared/ui";

type Request = Answer<"/api/v1/approvals", "get">["items"][number];
type Kind = Request["kind"];
type Verdict = "approve" | "decline" | "withdraw";

const TONES: Record<string, Tone> = { pending: "warn", approved: "accent", bound: "gain", declined: "loss", failed: "loss", expired: "neutral", withdrawn: "neutral" };
const WORDS: Record<string, string> = { bound: "done" };
const CHANGES = ["/api/v1/approvals", "/api/v1/risk", "/api/v1/limits", "/api/v1/clients"];
const COLUMNS: readonly Column<Request>[] = [
  { key: "id", title: "No.", value: (row) => Number(row.id), number: true, width: 64 },
  { key: "ts", title: "Asked", value: (row) => row.ts, cell: (row) => <Time ns={row.ts} />, width: 190, wide: true },
  { key: "kind", title: "What", value: (row) => row.kind, width: 100, wide: true },
  { key: "subject", title: "Of", value: (row) => row.subject, cell: (row) => <Typed>{row.subject}</Typed>, width: 120 },
  { key: "terms", title: "Terms", value: (row) => inShort(row), cell: (row) => <Typed>{inShort(row)}</Typed>, width: 300 },
  { key: "by", title: "Asked by", value: (row) => row.by, cell: (row) => <Typed>{row.by}</Typed>, width: 110, wide: true },
  { key: "decided_by", title: "Decided by", value: (row) => row.decided_by, cell: (row) => <Typed>{row.decided_by ?? ""}</Typed>, width: 110, wide: true },
  { key: "state", title: "State", value: (row) => row.state, cell: (row) => <Badge tone={TONES[row.state] ?? "neutral"}>{WORDS[row.state] ?? row.state}</Badge>, width: 110 },
];

/** What a request is about, in a line. */
export function inShort(request: Pick<Request, "kind" | "terms" | "changes">): string {
  const { terms } = request;
  if (request.kind !== "limits") return valueOf(terms.amount ?? "", terms.asset ?? "");
  return request.changes.map(({ term, before, after }) => `${ruleTitle(term)} ${before ? valueOf(before, "") : "none"} \u2192 ${after ? valueOf(after, "") : "none"}`).join(", ");
}

/** Requests that wait for somebody to agree, and those that were decided; `subject` narrows them to one account. */
export function Approvals({ kinds, subject }: { kinds: readonly Kind[]; subject?: readonly string[] }): React.ReactElement {
  const waiting = useApi("/api/v1/approvals", { query: { pending: true, limit: 500 }, every_ms: 15_000 });
  const past = usePages("/api/v1/approvals", { query: { limit: 200 } });
  const [chosen, setChosen] = useState<Request>();
  const ours = (row: Request): boolean => kinds.includes(row.kind) && (!subject || subject.includes(row.subject));
  const pending = (waiting.data?.items ?? []).filter(ours);
  return (
    <div className="flex flex-col gap-3 pt-3">
      <Card title="Waiting" flush>
        {waiting.error ? <Failed problem={waiting.error} retry={() => void waiting.refetch()} /> : waiting.isPending ? <Loading rows={2} /> : null}
        {waiting.data && pending.length === 0 ? <Empty title="Nothing waits">What needs another person to agree stands here until somebody decides, or its time is over.</Empty> : null}
        <ul>
          {pending.map((request) => (
            <Waiting key={request.id} request={request} onLook={() => setChosen(request)} />
          ))}
        </ul>
      </Card>
      <Card title="All requests" flush>
        <DataTable id="approvals" label="requests" rows={past.rows.filter(ours)} columns={COLUMNS} rowKey={(row) => row.id} sort={{ key: "id", down: true }} onOpen={setChosen} loading={past.loading} problem={past.problem} onRetry={past.refetch} onEnd={past.more ? past.fetchMore : undefined} height={10} empty={<Empty title="No requests yet">Every request is kept here with who asked and who decided.</Empty>} />
      </Card>
      {chosen ? <Decide request={chosen} onClose={() => setChosen(undefined)} /> : null}
    </div>
  );
}

function Waiting({ request, onLook }: { request: Request; onLook: () => void }): React.ReactElement {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-2 last:border-b-0">
      <Badge tone="warn">{request.kind}</Badge>
      <span className="font-strong"><Typed>{request.subject}</Typed></span>
      <span className="number min-w-0 flex-1 truncate text-soft"><Typed>{inShort(request)}</Typed></span>
      <span className="text-small text-soft">
        asked by <Typed>{request.by}</Typed>, until <Time ns={request.expires_ns} />
      </span>
      <Button small kind={request.may_decide ? "primary" : "plain"} onClick={onLook} aria-label={`Look at request ${Number(request.id)}`}>
        {request.may_decide ? "Decide" : "Look"}
      </Button>
    </li>
  );
}

function Decide({ request, onClose }: { request: Request; onClose: () => void }): React.ReactElement {
  const latest = useApi("/api/v1/approvals/{number}", { params: { number: request.id } });
  const shown = latest.data ?? request;
  const [text, setText] = useState("");
  const acts = useVerdicts(shown, text, onClose);
  const pending = shown.state === "pending";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      width="medium"
      title={`Request ${Number(shown.id)}: ${shown.kind} of ${shown.subject}`}
      foot={
        <>
          <Button onClick={onClose}>Close</Button>
          {pending && shown.own ? <Button busy={acts.busy === "withdraw"} onClick={() => acts.run("withdraw")}>Take it back</Button> : null}
          {shown.may_decide ? <Button kind="danger" busy={acts.busy === "decline"} onClick={() => acts.run("decline")}>Decline</Button> : null}
          {shown.may_decide ? <Button kind="primary" busy={acts.busy === "approve"} onClick={() => acts.run("approve")}>Approve</Button> : null}
        </>
      }
    >
      <Facts
        items={[
          ["State", <Badge key="state" tone={TONES[shown.state] ?? "neutral"}>{WORDS[shown.state] ?? shown.state}</Badge>],
          ["Asked by", <Typed key="by">{shown.by}</Typed>],
          ["Asked", <Time key="ts" ns={shown.ts} />],
          ...(pending ? ([["Expires", <Time key="expires" ns={shown.expires_ns} />]] as const) : []),
          ...(shown.decided_by ? ([["Decided by", <Typed key="decided">{shown.decided_by}</Typed>], ["Decided", <Time key="at" ns={shown.decided_ns} />]] as const) : []),
          ...(shown.reason ? ([["Why", <Typed key="why">{shown.reason}</Typed>]] as const) : []),
          ...(shown.text ? ([["Answer", <Typed key="text">{shown.text}</Typed>]] as const) : []),
        ]}
      />
      <Terms request={shown} />
      {pending && shown.own ? <p className="text-soft">You asked for this, so somebody else has to decide.</p> : null}
      {shown.may_decide ? <TextField label="Answer (when you decline)" value={text} onChange={setText} maxLength={300} /> : null}
      <FailedLine problem={acts.problem} />
    </Dialog>
  );
}

function Terms({ request }: { request: Request }): React.ReactElement {
  if (request.kind !== "limits") {
    return (
      <div className="text-figure font-strong">
        <Money value={request.terms.amount} currency={request.terms.asset} />
      </div>
    );
  }
  return (
    <div>
      <h3 className="mb-1 font-strong">What would change</h3>
      <Facts items={request.changes.map(({ term, before, after }) => [ruleTitle(term), <span key={term} className="number">{before ? valueOf(before, "") : "none"} → <b>{after ? valueOf(after, "") : "none"}</b></span>])} />
      <details className="mt-3">
        <summary className="cursor-pointer text-soft">All limits of the scope as they would be</summary>
        <Facts className="mt-2" items={Object.entries(request.terms).map(([rule, text]) => [ruleTitle(rule), <span key={rule} className="number">{valueOf(text, "")}</span>])} />
      </details>
    </div>
  );
}

/** The three things that may be said to a request, whatever it is about. */
function useVerdicts(request: Request, text: string, onClose: () => void): { run: (verdict: Verdict) => void; busy: Verdict | undefined; problem: unknown } {
  const done = (answer: Request): void => {
    if (answer.state === "failed") toast.note("It was approved, and could not be done", answer.text);
    else toast.done(`Request ${Number(answer.id)} is ${WORDS[answer.state] ?? answer.state}`);
    onClose();
  };
  const options = { changes: CHANGES, onDone: done };
  const limits = {
    approve: useCommand("post", "/api/v1/limits/requests/{number}/approve", options),
    decline: useCommand("post", "/api/v1/limits/requests/{number}/decline", options),
    withdraw: useCommand("post", "/api/v1/limits/requests/{number}/withdraw", options),
  };
  const funds = {
    approve: useCommand("post", "/api/v1/funds/{number}/approve", options),
    decline: useCommand("post", "/api/v1/funds/{number}/decline", options),
    withdraw: useCommand("post", "/api/v1/funds/{number}/withdraw", options),
  };
  const acts = request.kind === "limits" ? limits : funds;
  const params = { number: request.id };
  const run = (verdict: Verdict): void => {
    if (verdict === "decline") void acts.decline.run({ params, body: { text: text.trim() } });
    else void acts[verdict].run({ params });
  };
  const busy = (["approve", "decline", "withdraw"] as const).find((verdict) => acts[verdict].busy);
  return { run, busy, problem: acts.approve.problem ?? acts.decline.problem ?? acts.withdraw.problem };
}
