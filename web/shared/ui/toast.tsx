"use client";

import { useSyncExternalStore } from "react";
import { asProblem, explained } from "@/shared/api/problem";
import { IconButton } from "./button";
import { names } from "./class-names";
import { Icon } from "./icons";

interface Said {
  id: number;
  tone: "done" | "failed" | "note";
  title: string;
  text: string;
}

const STAYS_MS = 6_000;
const MOST = 4;
let said: readonly Said[] = [];
let last = 0;
const readers = new Set<() => void>();

function change(next: readonly Said[]): void {
  said = next;
  readers.forEach((tell) => tell());
}

const close = (id: number): void => change(said.filter((one) => one.id !== id));

function say(tone: Said["tone"], title: string, text = ""): void {
  last += 1;
  const id = last;
  change([...said.slice(1 - MOST), { id, tone, title, text }]);
  if (tone !== "failed") setTimeout(() => close(id), STAYS_MS);
}

/** Says in passing that something was done, or why not; failures stay until they are closed. */
export const toast = {
  done: (title: string, text?: string): void => say("done", title, text),
  note: (title: string, text?: string): void => say("note", title, text),
  failed: (problem: unknown, writes = true): void => {
    const { happened, means, todo } = explained(asProblem(problem), writes);
    say("failed", happened, `${means} ${todo}`);
  },
};

const EDGES = { done: "border-l-gain", failed: "border-l-loss", note: "border-l-accent" } as const;
const ICONS = { done: "check", failed: "warning", note: "info" } as const;

/** Where they appear; stands once in the shell. */
export function Toasts(): React.ReactElement {
  const shown = useSyncExternalStore(
    (tell) => {
      readers.add(tell);
      return () => readers.delete(tell);
    },
    () => said,
    () => said,
  );
  return (
    <div aria-live="polite" role="log" aria-label="Messages" className="pointer-events-none fixed bottom-4 right-4 z-50 flex w-[360px] max-w-[calc(100vw-32px)] flex-col gap-2 phone:bottom-16">
      {shown.map(({ id, tone, title, text }) => (
        <div key={id} className={names("pointer-events-auto flex items-start gap-2 rounded border border-l-4 border-line-strong bg-raised p-2", EDGES[tone])}>
          <span className="mt-0.5">
            <Icon name={ICONS[tone]} />
          </span>
          <div className="min-w-0 flex-1 break-words">
            <div className="font-strong">{title}</div>
            {text ? <div className="text-soft">{text}</div> : null}
          </div>
          <IconButton icon="close" label="Close the message" small onClick={() => close(id)} />
        </div>
      ))}
    </div>
  );
}
