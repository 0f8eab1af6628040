"use client";

import type { ReactNode } from "react";
import { asProblem, explained } from "@/shared/api/problem";
import { Button } from "./button";
import { names } from "./class-names";
import { Icon, type IconName } from "./icons";

function Notice({ icon, title, children, action, role, className }: { icon: IconName; title: ReactNode; children?: ReactNode; action?: ReactNode; role?: string; className?: string | undefined }): React.ReactElement {
  return (
    <div role={role} className={names("mx-auto flex max-w-[56ch] flex-col items-start gap-2 p-6 text-soft phone:p-4", className)}>
      <div className="flex items-center gap-2 font-strong text-text">
        <Icon name={icon} />
        {title}
      </div>
      {children}
      {action}
    </div>
  );
}

/** Nothing there yet: what would be here, and the one next step. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }): React.ReactElement {
  return (
    <Notice icon="info" title={title} action={action}>
      {children ? <p>{children}</p> : null}
    </Notice>
  );
}

/** On its way: keeps the room that `rows` rows will take. */
export function Loading({ rows = 4, label = "Loading" }: { rows?: number; label?: string }): React.ReactElement {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-2 p-3">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={names("skeleton h-4", row % 3 === 2 ? "w-2/3" : "w-full")} />
      ))}
    </div>
  );
}

/** It failed: what happened, what it means, what to do. `writes`: it was an act and not a question. */
export function Failed({ problem, retry, writes = false }: { problem: unknown; retry?: () => void; writes?: boolean }): React.ReactElement {
  const told = asProblem(problem);
  const { happened, means, todo } = explained(told, writes);
  return (
    <Notice icon={told.lost ? "offline" : "warning"} title={<span>{happened}</span>} role="alert" action={retry ? <Button icon="refresh" onClick={retry}>Try again</Button> : undefined}>
      <p>{means}</p>
      <p>{todo}</p>
    </Notice>
  );
}

/** The same in one line, for under a form's button. */
export function FailedLine({ problem, writes = true }: { problem: unknown; writes?: boolean }): React.ReactElement | null {
  if (!problem) return null;
  const { happened, means, todo } = explained(asProblem(problem), writes);
  return (
    <div role="alert" className="flex items-start gap-2 rounded border border-loss bg-loss-wash p-2">
      <span className="mt-0.5 text-loss">
        <Icon name="warning" />
      </span>
      <div className="min-w-0 break-words">
        <div className="font-strong">{happened}</div>
        <div className="text-soft">
          {means} {todo}
        </div>
      </div>
    </div>
  );
}

/** The line to the server is down: what is shown may be old. */
export function Offline({ since, again }: { since?: ReactNode; again?: () => void }): React.ReactElement {
  return (
    <Notice icon="offline" title="No line to Parrot" role="status" action={again ? <Button icon="refresh" onClick={again}>Try now</Button> : undefined}>
      <p>What you see is from {since ?? "before"} and may have changed. Trading on the server does not depend on this page. It is tried again by itself.</p>
    </Notice>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch(): unknown;
}

/** Loading, failure or the answer of a question: `<Answered of={orders}>{(orders) => ...}</Answered>`. */
export function Answered<T>({ of, rows = 4, children }: { of: Asked<T>; rows?: number; children: (data: T) => ReactNode }): React.ReactElement {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Failed problem={of.error} retry={() => void of.refetch()} />;
  return <Loading rows={rows} />;
}
