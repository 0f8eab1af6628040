"use client";

import { useState } from "react";
import { useCommand } from "@/shared/api";
import { useMay } from "@/shared/session/provider";
import { Button } from "@/shared/ui/button";
import { TextField } from "@/shared/ui/fields";
import { Popover } from "@/shared/ui/menu";
import { FailedLine } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";

/** The kill switch of everything: one click shows it, the second fires. Re-arming asks for a reason. */
export function KillSwitch({ killed }: { killed: readonly string[] }): React.ReactElement | null {
  const mayKill = useMay("kill:engage");
  const mayRearm = useMay("kill:rearm");
  const [open, setOpen] = useState(false);
  const stopped = killed.includes("all");
  if (!mayKill && !stopped) return null;
  return (
    <Popover
      label="Kill switch"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button kind={stopped ? "danger" : "plain"} icon="stop" className={stopped ? undefined : "!border-danger !text-danger-text"}>
          <span className="phone:sr-only">{stopped ? "Stopped" : "Kill"}</span>
        </Button>
      }
    >
      {stopped ? <Rearm allowed={mayRearm} onDone={() => setOpen(false)} /> : <Fire onDone={() => setOpen(false)} />}
    </Popover>
  );
}

function Fire({ onDone }: { onDone: () => void }): React.ReactElement {
  const kill = useCommand("post", "/api/v1/kill", {
    changes: ["/api/v1/status", "/api/v1/risk", "/api/v1/orders"],
    onDone: () => {
      toast.done("All trading is stopped", "No order leaves until somebody re-arms it.");
      onDone();
    },
  });
  return (
    <div className="flex w-72 flex-col gap-3">
      <div>
        <div className="font-strong">Stop all trading</div>
        <p className="text-soft">Open orders are cancelled, except stops and targets that protect a position, and no new one leaves, of any strategy or person, until somebody re-arms it. Positions stay as they are.</p>
      </div>
      <FailedLine problem={kill.problem} />
      <Button kind="danger" icon="stop" busy={kill.busy} autoFocus onClick={() => void kill.run({ body: { scope: "all", reason: "kill switch of the screen" } as never })}>
        Stop everything now
      </Button>
    </div>
  );
}

function Rearm({ allowed, onDone }: { allowed: boolean; onDone: () => void }): React.ReactElement {
  const [reason, setReason] = useState("");
  const rearm = useCommand("post", "/api/v1/rearm", {
    changes: ["/api/v1/status", "/api/v1/risk"],
    onDone: () => {
      toast.done("Trading is armed again");
      onDone();
    },
  });
  return (
    <form
      className="flex w-72 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) void rearm.run({ body: { scope: "all", reason: reason.trim() } as never });
      }}
    >
      <div>
        <div className="font-strong">All trading is stopped</div>
        <p className="text-soft">{allowed ? "Re-arming lets orders leave again. Strategies that run go on." : "A risk officer or an administrator can re-arm it."}</p>
      </div>
      {allowed ? (
        <>
          <TextField label="Why it is safe again" value={reason} onChange={setReason} maxLength={300} />
          <FailedLine problem={rearm.problem} />
          <Button kind="primary" type="submit" busy={rearm.busy} disabled={!reason.trim()}>
            Re-arm
          </Button>
        </>
      ) : null}
    </form>
  );
}
