"use client";

import { useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { Badge, Button, Card, Count, Dialog, Facts, Failed, FailedLine, Icon, Time, Typed, names } from "@/shared/ui";
import { stepsOf, type Step } from "./words";

type Check = Answer<"/api/v1/audit/checks", "get">["items"][number];
type Verdict = NonNullable<Check["verdict"]>;
type LogFacts = Answer<"/api/v1/audit", "get">;

const ENDED = new Set(["finished", "failed", "cancelled", "interrupted"]);

/** Whether every durable file is what was written: the newest check, and a button for another. */
export function ChainCheck({ facts }: { facts: LogFacts | undefined }): React.ReactElement {
  const [shown, setShown] = useState(false);
  const [running, setRunning] = useState(false);
  const checks = useApi("/api/v1/audit/checks", { query: { limit: 1 }, ...(running ? { every_ms: 700 } : {}) });
  const newest = checks.data?.items[0];
  const under = newest !== undefined && !ENDED.has(newest.state);
  if (under !== running) setRunning(under);
  const start = useCommand("post", "/api/v1/audit/checks", { changes: ["/api/v1/audit"] });
  const cancel = useCommand("post", "/api/v1/audit/checks/{check_id}/cancel", { changes: ["/api/v1/audit"] });
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2" aria-live="polite">
        <div className="flex min-w-0 flex-1 items-center gap-3">
          <Outcome check={newest} />
          {newest?.verdict && !under ? (
            <Button small onClick={() => setShown(true)}>
              What was checked
            </Button>
          ) : null}
        </div>
        {facts ? (
          <div className="text-small text-faint">
            Newest signature at entry <Count value={facts.signed_seq} />, <Time ns={facts.signed_ts} />
          </div>
        ) : null}
        {under && newest ? (
          <Button busy={cancel.busy} onClick={() => void cancel.run({ params: { check_id: newest.id } })}>
            Cancel
          </Button>
        ) : (
          <Button kind="primary" icon="check" busy={start.busy} onClick={() => void start.run()}>
            Check the chain
          </Button>
        )}
      </div>
      <FailedLine problem={start.problem} />
      {checks.error ? <Failed problem={checks.error} retry={() => void checks.refetch()} /> : null}
      {newest?.verdict && !under && shown ? <Found check={newest} verdict={newest.verdict} close={() => setShown(false)} /> : null}
    </Card>
  );
}

function Outcome({ check }: { check: Check | undefined }): React.ReactElement {
  if (!check) return <span className="text-soft">The chain was not checked yet. A check reads every durable file, and says which entry is not what was written.</span>;
  const { state, verdict } = check;
  if (!ENDED.has(state)) {
    return (
      <span className="flex items-center gap-2">
        <Badge tone="accent">{state === "waiting" ? "Waiting" : "Checking"}</Badge>
        <span className="text-soft">{check.note || "reads every entry"}</span>
      </span>
    );
  }
  if (verdict?.ok) {
    return (
      <span className="flex min-w-0 flex-wrap items-center gap-2">
        <Badge tone="gain">Whole</Badge>
        <span>
          <Count value={verdict.entries} /> entries in <Count value={verdict.files} /> files are what was written, <Time ns={check.ended_ns} />
        </span>
      </span>
    );
  }
  if (verdict) {
    return (
      <span className="flex min-w-0 flex-wrap items-center gap-2">
        <Badge tone="loss">Broken</Badge>
        <span className="min-w-0">
          {verdict.first ? <Typed>{`${verdict.first.file}${verdict.first.seq ? `, entry ${verdict.first.seq}` : ""}: ${verdict.first.text}`}</Typed> : "see what was found"}
        </span>
      </span>
    );
  }
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-2">
      <Badge tone="warn">{state === "failed" ? "Failed" : state === "cancelled" ? "Cancelled" : "Interrupted"}</Badge>
      <span className="text-soft">{check.problem?.problem ?? "nothing was found out"}</span>
    </span>
  );
}

function Found({ check, verdict, close }: { check: Check; verdict: Verdict; close: () => void }): React.ReactElement {
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Check of the chain"
      width="large"
      about={<>Every durable file was read from its first byte to its last; each rule below was tried on what is in them. Asked for by <Typed>{check.by}</Typed>.</>}
      foot={<Button onClick={close}>Close</Button>}
    >
      <Facts
        items={[
          ["Ended", <Time key="t" ns={check.ended_ns} />],
          ["Files", <Count key="f" value={verdict.files} />],
          ["Entries", <Count key="e" value={verdict.entries} />],
          ["Orders and fills", <span key="o"><Count value={verdict.orders} /> and <Count value={verdict.fills} /></span>],
          ["State", <code key="s" className="break-all text-small">{verdict.state_hash || "\u2013"}</code>],
        ]}
      />
      <ul aria-label="Rules" className="grid grid-cols-3 gap-1 md:grid-cols-7">
        {stepsOf(verdict.invariants).map((step) => (
          <Rule key={step.name} step={step} />
        ))}
      </ul>
      {verdict.problems.length > 0 ? (
        <ul aria-label="What is wrong" className="flex flex-col gap-1">
          {verdict.problems.map((problem, index) => (
            <li key={index} className="flex gap-2 rounded border border-loss p-2">
              <Icon name="warning" />
              <span className="min-w-0">
                <Typed>{`${problem.file}${problem.seq ? `, entry ${problem.seq}` : ""}`}</Typed>: <Typed>{problem.text}</Typed> {problem.invariant ? `(${problem.invariant})` : ""}
              </span>
            </li>
          ))}
          {verdict.problems_count > verdict.problems.length ? <li className="text-faint">and <Count value={verdict.problems_count - verdict.problems.length} /> more</li> : null}
        </ul>
      ) : null}
      {verdict.notes.map((note, index) => (
        <p key={index} className="text-small text-faint">
          <Typed>{note}</Typed>
        </p>
      ))}
    </Dialog>
  );
}

const MARKS = { holds: { icon: "check", words: "holds", look: "text-gain" }, violated: { icon: "warning", words: "violated", look: "text-loss" }, unknown: { icon: "info", words: "elsewhere", look: "text-faint" } } as const;

function Rule({ step }: { step: Step }): React.ReactElement {
  const mark = MARKS[step.state];
  return (
    <li title={step.text} className="flex items-center gap-1.5 rounded-small border px-2 py-1 text-small">
      <span className={names("flex", mark.look)}>
        <Icon name={mark.icon} />
      </span>
      <span className="font-strong">{step.name}</span>
      <span className="text-soft">{step.text.startsWith("not known") ? "not known" : mark.words}</span>
    </li>
  );
}
