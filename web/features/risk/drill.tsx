"use client";

import { useState } from "react";
import { useCommand, type Answer } from "@/shared/api";
import { Badge, Button, Dialog, FailedLine, Loading, Time } from "@/shared/ui";

type Found = Answer<"/api/v1/risk/drill", "post">;

/** A drill of the kill switch: the whole path, on a scope that holds nothing. */
export function Drill(): React.ReactElement {
  const [open, setOpen] = useState(false);
  const drill = useCommand("post", "/api/v1/risk/drill", { changes: ["/api/v1/risk"] });
  const begin = (): void => {
    drill.reset();
    setOpen(true);
    void drill.run();
  };
  return (
    <>
      <Button icon="stop" onClick={begin}>
        Kill drill
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Drill of the kill switch"
        about="A strategy that does not exist is stopped, an order of it is tried and has to be refused, then it is armed again. Trading goes on meanwhile; all of it is in the journal and in the audit log."
        foot={<Button kind="primary" onClick={() => setOpen(false)}>Close</Button>}
      >
        {drill.busy ? <Loading rows={5} label="The drill runs" /> : null}
        <FailedLine problem={drill.problem} />
        {drill.answer ? <Steps found={drill.answer} /> : null}
      </Dialog>
    </>
  );
}

function Steps({ found }: { found: Found }): React.ReactElement {
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <Badge tone={found.passed ? "gain" : "loss"}>{found.passed ? "passed" : "failed"}</Badge>
        <span className="text-soft">
          in {(found.took_ns / 1e6).toFixed(0)} ms, <Time ns={found.ts} />
        </span>
      </div>
      <ol className="flex flex-col">
        {found.steps.map((step) => (
          <li key={step.step} className="flex gap-2 border-b py-1.5 last:border-b-0">
            <span className="w-14 shrink-0">
              <Badge tone={step.passed ? "gain" : "loss"}>{step.passed ? "done" : "failed"}</Badge>
            </span>
            <span className="min-w-0 break-words">
              <span className="inline-block font-strong first-letter:uppercase">{step.step}</span> <span className="text-soft">{step.text}</span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
