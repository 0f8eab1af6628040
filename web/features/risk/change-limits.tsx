"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call, useCommand, type Answer, type Problem } from "@/shared/api";
import { Badge, Button, Dialog, FailedLine, IconButton, Loading, Select, TextField, toast } from "@/shared/ui";
import { keepWords, ruleTitle, shortOf, valueOf } from "./rules";

type Tree = Answer<"/api/v1/risk/tree", "get">;
type Preview = Answer<"/api/v1/limits/preview", "post">;

const KINDS = [
  ["firm", "The whole firm"],
  ["user", "One person"],
  ["account", "One account"],
  ["strategy", "One strategy"],
  ["symbol", "One symbol"],
] as const;
const PAUSE_MS = 300;

/** Which scope gets limits. */
export function ScopeChooser({ onClose, onChosen }: { onClose: () => void; onChosen: (scope: string) => void }): React.ReactElement {
  const [kind, setKind] = useState<(typeof KINDS)[number][0]>("strategy");
  const [name, setName] = useState("");
  const scope = kind === "firm" ? "firm" : `${kind}:${name.trim()}`;
  const ready = kind === "firm" || name.trim() !== "";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Limit a scope"
      about="Limits of a scope hold for every order that belongs to it, beside those of the scopes above."
      foot={<Button kind="primary" disabled={!ready} onClick={() => onChosen(scope)}>Choose limits</Button>}
    >
      <form
        className="flex gap-2 phone:flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onChosen(scope);
        }}
      >
        <Select label="Of what" value={kind} onChange={setKind} options={KINDS} className="flex-1" />
        {kind === "firm" ? null : <TextField label="Which" value={name} onChange={setName} maxLength={50} className="flex-1" autoFocus />}
      </form>
    </Dialog>
  );
}

/** The limits of one scope as a form, with what a change would mean beside it. */
export function ChangeLimits({ scope, tree, onClose }: { scope: string; tree: Tree; onClose: () => void }): React.ReactElement {
  keepWords(tree.rules);
  const [start] = useState(() => tree.scopes.find((one) => one.scope === scope));
  const [limits, setLimits] = useState<Record<string, string>>(() => Object.fromEntries((start?.limits ?? []).map(({ rule, limit }) => [rule, limit])));
  const [reason, setReason] = useState("");
  const filled = Object.fromEntries(Object.entries(limits).filter(([, text]) => text.trim() !== ""));
  const preview = usePreview(scope, filled);
  const put = useCommand("put", "/api/v1/limits", {
    changes: ["/api/v1/risk", "/api/v1/limits", "/api/v1/approvals"],
    onDone: (answer) => {
      if (answer.state === "bound") toast.done(`Limits of ${scope} are set`, "They bind from now on.");
      else toast.done("Asked for", `Another person with the right to change limits decides. Request ${Number(answer.request?.id ?? 0)}.`);
      onClose();
    },
  });
  const found = preview.data;
  const problems = found?.problems ?? {};
  const changed = (found?.changes ?? []).some(({ direction }) => direction !== "same") || !start;
  const empty = Object.entries(limits).filter(([, text]) => text.trim() === "").map(([rule]) => rule);
  const ready = found !== undefined && !preview.stale && Object.keys(problems).length === 0 && changed && empty.length === 0 && (!found.second || reason.trim() !== "");
  const send = (): void => {
    if (ready) void put.run({ body: { scope, limits: filled, reason: reason.trim(), version: start?.version ?? 0, approver: "" } });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      width="large"
      title={`Limits of ${scope}`}
      about="All limits of the scope are replaced by these. Tightening binds at once; what loosens a limit beyond a set size waits for another person."
      foot={
        <>
          <Button onClick={onClose}>Leave them</Button>
          <Button kind="primary" busy={put.busy} disabled={!ready} onClick={send}>
            {found?.second ? "Ask for approval" : "Set limits"}
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-2 gap-4 phone:grid-cols-1">
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <Fields tree={tree} limits={limits} problems={problems} onChange={setLimits} />
          <TextField label={found?.second ? "Why (needed)" : "Why"} value={reason} onChange={setReason} maxLength={300} />
          <button type="submit" className="sr-only" tabIndex={-1}>
            Set limits
          </button>
        </form>
        <Meaning preview={preview} found={found} empty={empty} />
      </div>
      <FailedLine problem={put.problem} />
    </Dialog>
  );
}

function Fields({ tree, limits, problems, onChange }: { tree: Tree; limits: Record<string, string>; problems: Record<string, string>; onChange: (limits: Record<string, string>) => void }): React.ReactElement {
  const [more, setMore] = useState("");
  const words = new Map(tree.rules.map(({ rule, words: text }) => [rule, text]));
  const left = tree.rules.filter(({ rule }) => !(rule in limits));
  const options: readonly (readonly [string, string])[] = [["", "Choose a limit"], ...left.map(({ rule }) => [rule, ruleTitle(rule)] as const)];
  return (
    <>
      {Object.keys(limits).map((rule) => (
        <div key={rule} className="flex items-start gap-1">
          <TextField
            label={ruleTitle(rule)}
            hint={words.get(rule)}
            problem={problems[rule] ?? (limits[rule]?.trim() === "" ? "write a value, or take the limit away" : undefined)}
            value={limits[rule] ?? ""}
            onChange={(text) => onChange({ ...limits, [rule]: text })}
            maxLength={300}
            className="flex-1"
          />
          <div className="pt-5">
            <IconButton icon="close" label={`Take ${ruleTitle(rule)} away`} onClick={() => onChange(Object.fromEntries(Object.entries(limits).filter(([name]) => name !== rule)))} />
          </div>
        </div>
      ))}
      {left.length ? (
        <Select
          label="Another limit"
          value={more}
          onChange={(rule) => {
            if (rule) onChange({ ...limits, [rule]: "" });
            setMore("");
          }}
          options={options}
        />
      ) : null}
    </>
  );
}

function Meaning({ preview, found, empty }: { preview: { error: Problem | null; stale: boolean }; found: Preview | undefined; empty: readonly string[] }): React.ReactElement {
  if (preview.error) return <FailedLine problem={preview.error} writes={false} />;
  if (!found) return <Loading rows={5} />;
  const told = found.changes.filter(({ direction }) => direction !== "same");
  const over = found.uses.filter(({ headroom }) => headroom?.startsWith("-"));
  return (
    <section aria-label="What it means" aria-live="polite" className="sticky top-0 flex flex-col gap-2 self-start">
      <h3 className="font-strong">What it means</h3>
      {told.length === 0 && empty.length === 0 ? <p className="text-soft">Nothing changes.</p> : null}
      <ul className="flex flex-col gap-2">
        {told.map((change) => (
          <li key={change.rule} className="border-b pb-2 last:border-b-0">
            <div className="flex flex-wrap items-center gap-2">
              <span className="font-strong">{ruleTitle(change.rule)}</span>
              <Badge tone={change.direction === "looser" ? "warn" : "neutral"}>{change.direction}</Badge>
              {change.second ? <Badge tone="warn">needs another person</Badge> : null}
            </div>
            <div className="number break-words text-soft">
              {change.before ? valueOf(change.before, "") : "none"} → {change.after ? valueOf(change.after, "") : "none"}
              {change.why ? ` (${change.why})` : ""}
            </div>
          </li>
        ))}
      </ul>
      {over.map((use) => (
        <p key={use.rule} className="text-loss">
          {ruleTitle(use.rule)} would be over at once: {shortOf(use.used ?? "", use.unit)} of {valueOf(use.limit, use.unit)}. {use.rule === "daily_loss" || use.rule === "drawdown" ? "The scope would be stopped." : "Only orders that shrink it could leave."}
        </p>
      ))}
      {found.second ? <p>Another person with the right to change limits has to agree before these bind. Until then the limits stay as they are.</p> : told.length ? <p className="text-soft">These bind at once.</p> : null}
    </section>
  );
}

/** What the limits would mean, asked a moment after the last key. */
function usePreview(scope: string, limits: Record<string, string>): { data: Preview | undefined; error: Problem | null; stale: boolean } {
  const text = JSON.stringify(limits);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const asked = useQuery<Preview, Problem>({
    queryKey: ["/api/v1/limits/preview", scope, settled],
    queryFn: ({ signal }) => call("post", "/api/v1/limits/preview", { body: { scope, limits: JSON.parse(settled) as Record<string, string> }, signal }),
    placeholderData: (before) => before,
  });
  return { data: asked.data, error: asked.error, stale: settled !== text || asked.isPlaceholderData };
}
