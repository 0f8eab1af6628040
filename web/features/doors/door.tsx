"use client";

import { useEffect, useState, type ReactNode } from "react";
import { ask } from "@/shared/api";
import { asProblem, type DoorState, type Problem } from "@/shared/api";
import { Mark } from "@/shared/shell/mark";

/** The one card of a page for people who are not signed in. */
export function Door({ title, about, children, below }: { title: string; about?: ReactNode; children: ReactNode; below?: ReactNode }): React.ReactElement {
  useEffect(() => {
    document.title = `${title} \u2013 Parrot`;
  }, [title]);
  return (
    <main className="mx-auto flex min-h-full w-full max-w-[400px] flex-col justify-center gap-4 p-4 pb-[12dvh]">
      <div className="flex items-center gap-3 text-large font-strong">
        <Mark />
        Parrot
      </div>
      <div className="flex flex-col gap-3 rounded border bg-panel p-4">
        <h1 className="text-large font-strong">{title}</h1>
        {about ? <div className="text-soft">{about}</div> : null}
        {children}
      </div>
      {below ? <div className="flex flex-wrap justify-between gap-x-4 gap-y-2 text-soft">{below}</div> : null}
    </main>
  );
}

/** What the doors offer; asked once a visit. */
export function useDoors(): { doors: DoorState | undefined; problem: Problem | undefined; again: () => void } {
  const [doors, setDoors] = useState<DoorState>();
  const [problem, setProblem] = useState<Problem>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let left = false;
    ask("get", "/api/v1/auth/state").then(
      (found) => {
        if (!left) setDoors(found);
      },
      (thrown: unknown) => {
        if (!left) setProblem(asProblem(thrown));
      },
    );
    return () => {
      left = true;
    };
  }, [turn]);
  return {
    doors,
    problem,
    again: () => {
      setProblem(undefined);
      setTurn(turn + 1);
    },
  };
}

/** The token of a link, from behind the #, where no server and no log sees it; read once, then it leaves the address and the history. "" when there is none, undefined before the page lives. */
export function useLinkToken(): string | undefined {
  const [token, setToken] = useState<string>();
  useEffect(() => {
    const text = location.hash.slice(1);
    setToken(/^[\w.-]*$/.test(text) ? text : "");
    if (text) history.replaceState(history.state, "", location.pathname + location.search);
  }, []);
  return token;
}

/** Sends one form of a door: not twice, and with what went wrong. */
export function useDoorAct<T>(act: () => Promise<T>, done: (answer: T) => void): { run: () => void; busy: boolean; problem: Problem | undefined } {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = (): void => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    act()
      .then(done, (thrown: unknown) => setProblem(asProblem(thrown)))
      .finally(() => setBusy(false));
  };
  return { run, busy, problem };
}
