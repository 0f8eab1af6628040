"use client";

import { useState } from "react";
import type { Answer } from "@/shared/api";
import { useFollowed } from "@/shared/api/followed";
import { compare } from "@/shared/format";
import { useMay } from "@/shared/session";
import { Answered, Badge, Button, Card, Count, Money, names, Typed, UseBar } from "@/shared/ui";
import { ChangeLimits, ScopeChooser } from "./change-limits";
import { inWords, ruleTitle, shortOf, valueOf } from "./rules";

type Tree = Answer<"/api/v1/risk/tree", "get">;
type Scope = Tree["scopes"][number];
type Use = Scope["limits"][number];

const INDENT: Record<string, string> = { firm: "", user: "ml-4 phone:ml-1", account: "ml-4 phone:ml-1", strategy: "ml-8 phone:ml-2", symbol: "ml-8 phone:ml-2" };

/** The tree of scopes: firm, users, accounts, strategies, symbols; each with its limits and their use. */
export function Limits(): React.ReactElement {
  const tree = useFollowed("/api/v1/risk/tree", "limits");
  const mayWrite = useMay("risk:write");
  const [changed, setChanged] = useState<string>();
  const [choosing, setChoosing] = useState(false);
  return (
    <div className="flex flex-col gap-3 pt-3">
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 text-soft phone:basis-full">An order has to keep to the limits of every scope that it belongs to. Use counts positions with all open orders, and positions of strategies are not netted.</p>
        {mayWrite ? (
          <Button icon="plus" onClick={() => setChoosing(true)}>
            Limit a scope
          </Button>
        ) : null}
      </div>
      <Answered of={tree} rows={8}>
        {({ scopes }) => (
          <>
            {scopes.map((scope) => (
              <div key={scope.scope} className={INDENT[scope.kind]}>
                <ScopeCard scope={scope} onChange={mayWrite ? () => setChanged(scope.scope) : undefined} />
              </div>
            ))}
          </>
        )}
      </Answered>
      {choosing ? <ScopeChooser onClose={() => setChoosing(false)} onChosen={(scope) => { setChoosing(false); setChanged(scope); }} /> : null}
      {changed !== undefined && tree.data ? <ChangeLimits key={changed} scope={changed} tree={tree.data} onClose={() => setChanged(undefined)} /> : null}
    </div>
  );
}

function ScopeCard({ scope, onChange }: { scope: Scope; onChange: (() => void) | undefined }): React.ReactElement {
  const title = (
    <span className="flex min-w-0 flex-wrap items-center gap-2">
      <span className="capitalize">{scope.kind}</span>
      {scope.name ? <Typed>{scope.name}</Typed> : null}
      {scope.stopped ? <Badge tone="loss">{scope.stopped.includes("(pause)") ? "paused" : "stopped"}</Badge> : null}
    </span>
  );
  const foot = scope.version ? `Version ${scope.version}, approved by ${scope.approver}` : "No limits of its own; those above hold.";
  return (
    <Card
      title={title}
      foot={foot}
      flush
      actions={
        <>
          <span className="text-small text-soft phone:hidden">
            <Count value={scope.open_orders} unit={scope.open_orders === 1 ? "open order" : "open orders"} />
            {scope.gross === null ? ", price missing" : <>, gross <Money value={scope.gross} places={2} /></>}
          </span>
          {onChange ? (
            <Button small onClick={onChange} aria-label={`Change limits of ${scope.scope}`}>
              Change
            </Button>
          ) : null}
        </>
      }
    >
      {scope.stopped ? <p className="border-b px-3 py-2 text-loss">{scope.stopped}</p> : null}
      {scope.limits.length ? <Rules limits={scope.limits} scope={scope.scope} /> : null}
    </Card>
  );
}

/** Those whose use is known first, the fullest of them on top; then those that only an order can meet. */
function ordered(limits: readonly Use[]): Use[] {
  return [...limits].sort((a, b) => (a.share === null || b.share === null ? Number(a.share === null) - Number(b.share === null) : compare(b.share, a.share)));
}

function Rules({ limits, scope }: { limits: readonly Use[]; scope: string }): React.ReactElement {
  return (
    <table className="w-full table-fixed">
      <caption className="sr-only">Limits of {scope}</caption>
      <thead>
        <tr className="border-b text-left text-small text-soft">
          <th className="w-1/5 px-3 py-1 font-normal phone:w-2/5">Limit</th>
          <th className="w-1/6 px-3 py-1 text-right font-normal phone:w-1/4">At most</th>
          <th className="w-1/6 px-3 py-1 text-right font-normal phone:hidden">Used</th>
          <th className="px-3 py-1 font-normal">Use</th>
          <th className="w-1/6 px-3 py-1 text-right font-normal phone:hidden">Headroom</th>
        </tr>
      </thead>
      <tbody>
        {ordered(limits).map((use) => (
          <tr key={use.rule} className="h-[var(--row)] border-b last:border-b-0">
            <th scope="row" className="truncate px-3 text-left font-normal" title={inWords(use.rule)}>
              {ruleTitle(use.rule)}
            </th>
            <td className="number truncate px-3 text-right phone:whitespace-normal" title={use.limit}>
              {valueOf(use.limit, use.unit)}
            </td>
            <td className="number truncate px-3 text-right phone:hidden">{use.used === null ? (use.known ? <span className="text-faint">each order</span> : <span className="text-warn">price missing</span>) : shortOf(use.used, use.unit)}</td>
            <td className="px-3">{use.share === null ? null : <UseBar share={use.share} label={`${ruleTitle(use.rule)} of ${scope}`} />}</td>
            <td className={names("number truncate px-3 text-right phone:hidden", use.headroom?.startsWith("-") && "text-loss")}>{use.headroom === null ? "" : shortOf(use.headroom, use.unit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
