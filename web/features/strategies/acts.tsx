"use client";

import { useState } from "react";
import { useCommand } from "@/shared/api";
import { useMay } from "@/shared/session";
import { Button, Check, Confirm, IconButton, toast, type IconName } from "@/shared/ui";
import type { Strategy } from "./strategies";

const CHANGES = ["/api/v1/strategies", "/api/v1/status"];
type Act = "start" | "pause" | "resume" | "stop";

const WORDS: Record<Act, { title: string; icon: IconName; done: string }> = {
  start: { title: "Start", icon: "play", done: "started" },
  pause: { title: "Pause", icon: "pause", done: "paused" },
  resume: { title: "Resume", icon: "play", done: "goes on" },
  stop: { title: "Stop", icon: "square", done: "stopped" },
};

/** What can be done with a strategy now; each act asks first and says what it will do to positions. */
export function StrategyActs({ strategy, small = false }: { strategy: Pick<Strategy, "strategy" | "state" | "positions">; small?: boolean }): React.ReactElement | null {
  const mayRun = useMay("strategies:run");
  const [asked, setAsked] = useState<Act>();
  if (!mayRun) return null;
  const { state } = strategy;
  const acts: Act[] = state === "running" ? ["pause", "stop"] : state === "paused" ? ["resume", "stop"] : ["start"];
  return (
    <span className="inline-flex items-center gap-1" onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
      {acts.map((act) =>
        small ? (
          <IconButton key={act} small icon={WORDS[act].icon} label={`${WORDS[act].title} ${strategy.strategy}`} onClick={() => setAsked(act)} />
        ) : (
          <Button key={act} icon={WORDS[act].icon} kind={act === "start" || act === "resume" ? "primary" : "plain"} onClick={() => setAsked(act)}>
            {WORDS[act].title}
          </Button>
        ),
      )}
      {asked ? <Ask act={asked} strategy={strategy} onClose={() => setAsked(undefined)} /> : null}
    </span>
  );
}

function Ask({ act, strategy, onClose }: { act: Act; strategy: Pick<Strategy, "strategy" | "positions">; onClose: () => void }): React.ReactElement {
  const { strategy: id, positions } = strategy;
  const [flatten, setFlatten] = useState(false);
  const done = {
    changes: CHANGES,
    onDone: () => {
      toast.done(`${id} ${WORDS[act].done}`);
      onClose();
    },
  };
  const start = useCommand("post", "/api/v1/strategies/{strategy}/start", done);
  const pause = useCommand("post", "/api/v1/strategies/{strategy}/pause", done);
  const resume = useCommand("post", "/api/v1/strategies/{strategy}/resume", done);
  const stop = useCommand("post", "/api/v1/strategies/{strategy}/stop", done);
  const command = { start, pause, resume, stop }[act];
  const held = Object.entries(positions).map(([symbol, quantity]) => `${quantity} ${symbol}`);
  const params = { strategy: id };
  const send = (): void => {
    if (act === "stop") void stop.run({ params, body: { by: "", flatten, reason: "stopped on the screen", scope: "all" } });
    else void command.run({ params, body: { by: "", reason: "", scope: "all", flatten: false } });
  };
  return (
    <Confirm open onOpenChange={onClose} title={`${WORDS[act].title} ${id}`} action={`${WORDS[act].title} ${id}`} kind={act === "stop" ? "danger" : "primary"} busy={command.busy} problem={command.problem} onConfirm={send}>
      <Meaning act={act} held={held} />
      {act === "stop" && held.length > 0 ? (
        <div className="mt-3">
          <Check label="Close its position as well" hint={`market orders for ${held.join(", ")}`} value={flatten} onChange={setFlatten} />
        </div>
      ) : null}
    </Confirm>
  );
}

function Meaning({ act, held }: { act: Act; held: readonly string[] }): React.ReactElement {
  const position = held.length > 0 ? `It holds ${held.join(", ")}.` : "It holds nothing.";
  switch (act) {
    case "start":
      return <>It gets a process of its own and trades with its newest version, within its limits.</>;
    case "pause":
      return (
        <>
          {position} Its working orders are cancelled and no order of it leaves, neither to enter nor to leave by itself; orders that protect what it holds stay. It goes on thinking, and is told that its orders are refused. Resume takes it back.
        </>
      );
    case "resume":
      return <>Its orders leave again, from the next that it decides on.</>;
    default:
      return <>{position} Its process ends and its orders are cancelled; protection and position stay unless you close them here.</>;
  }
}
