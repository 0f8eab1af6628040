"use client";

import { useEffect, type ReactNode } from "react";
import { names } from "./class-names";

/** A page: its title, what can be done here, and its cards. `fill` gives the content the height that is left. */
export function Page({ title, about, actions, fill = false, children }: { title: string; about?: ReactNode; actions?: ReactNode; fill?: boolean; children: ReactNode }): React.ReactElement {
  useEffect(() => {
    document.title = `${title} \u2013 Parrot`;
  }, [title]);
  return (
    <div className={names("relative flex min-w-0 flex-col gap-3 p-4 phone:p-3", fill && "h-full")}>
      <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-large font-strong">{title}</h1>
        {about ? <div className="min-w-0 text-soft">{about}</div> : null}
        {actions ? <div className="ml-auto flex flex-wrap items-center gap-2 phone:ml-0">{actions}</div> : null}
      </div>
      {fill ? <div className="min-h-0 flex-1">{children}</div> : children}
    </div>
  );
}

/** Cards side by side on one grid of twelve; `Card span` says how many columns of it. */
export function Grid({ children, className }: { children: ReactNode; className?: string }): React.ReactElement {
  return <div className={names("grid min-w-0 grid-cols-12 gap-3", className)}>{children}</div>;
}

const SPANS = { 3: "col-span-12 md:col-span-6 wide:col-span-3", 4: "col-span-12 md:col-span-6 wide:col-span-4", 5: "col-span-12 wide:col-span-5", 6: "col-span-12 wide:col-span-6", 7: "col-span-12 wide:col-span-7", 8: "col-span-12 wide:col-span-8", 9: "col-span-12 wide:col-span-9", 12: "col-span-12" } as const;

/** A panel with a heading. `flush` lets a table or chart touch its edges; `fill` takes the height that its place gives. */
export function Card({ title, actions, foot, flush = false, fill = false, span, className, children }: { title?: ReactNode; actions?: ReactNode; foot?: ReactNode; flush?: boolean; fill?: boolean; span?: keyof typeof SPANS; className?: string; children: ReactNode }): React.ReactElement {
  return (
    <section className={names("flex min-w-0 flex-col rounded border bg-panel", fill && "h-full min-h-0", span ? SPANS[span] : undefined, className)}>
      {title || actions ? (
        <header className="flex min-h-10 items-center gap-2 border-b px-3 py-1">
          {title ? <h2 className="min-w-0 truncate font-strong">{title}</h2> : null}
          {actions ? <div className="ml-auto flex items-center gap-1">{actions}</div> : null}
        </header>
      ) : null}
      <div className={names("min-w-0", flush ? "overflow-hidden rounded-b" : "p-3", fill && "min-h-0 flex-1 overflow-auto")}>{children}</div>
      {foot ? <footer className="border-t px-3 py-2 text-small text-faint">{foot}</footer> : null}
    </section>
  );
}

/** A figure with its name and, below it, what it is of. */
export function Figure({ label, children, below, className }: { label: ReactNode; children: ReactNode; below?: ReactNode; className?: string }): React.ReactElement {
  return (
    <div className={names("min-w-0", className)}>
      <div className="truncate text-small text-soft">{label}</div>
      <div className="truncate text-figure font-strong">{children}</div>
      {below ? <div className="truncate text-small text-faint">{below}</div> : null}
    </div>
  );
}

/** Names and values in two columns. */
export function Facts({ items, className }: { items: readonly (readonly [ReactNode, ReactNode])[]; className?: string }): React.ReactElement {
  return (
    <dl className={names("grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1", className)}>
      {items.map(([name, value], index) => (
        <div key={index} className="contents">
          <dt className="text-soft">{name}</dt>
          <dd className="min-w-0 break-words text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const TONES = {
  neutral: "border-line-strong text-soft",
  accent: "border-accent text-accent bg-accent-wash",
  gain: "border-gain text-gain bg-gain-wash",
  loss: "border-loss text-loss bg-loss-wash",
  warn: "border-warn text-warn bg-warn-wash",
} as const;

/** How urgent or which way: always beside words. */
export type Tone = keyof typeof TONES;

/** A state in one or two words. */
export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }): React.ReactElement {
  return <span className={names("inline-flex items-center whitespace-nowrap rounded-small border px-1.5 text-small", TONES[tone])}>{children}</span>;
}

/** Text that somebody typed: its direction is its own, and markup in it is only text. */
export function Typed({ children }: { children: string }): React.ReactElement {
  return <bdi className="break-words">{children}</bdi>;
}
