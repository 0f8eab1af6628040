"use client";

import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { ChannelState, View } from "./channel";
import { serverNow } from "./clock";
import { browserWorld, Stream, type Line } from "./stream";

const endings = new Set<(code: number) => void>();
let one: Stream | undefined;

/** The page's one stream. */
export function stream(): Stream {
  one ??= new Stream(browserWorld("/api/v1/stream"), (code) => endings.forEach((tell) => tell(code)));
  return one;
}

/** Told when the server ended the stream because nobody is signed in. */
export function onStreamEnd(tell: (code: number) => void): () => void {
  endings.add(tell);
  return () => endings.delete(tell);
}

/** What every hook of a channel says beside its data. */
export interface Seen {
  state: ChannelState;
  /** When the server sent the newest message, ns UTC. */
  ts: number;
  problem: string;
}

const NOTHING: readonly never[] = [];

function useView(channel: string | null): View | undefined {
  const subscribe = useCallback((tell: () => void) => (channel ? stream().read(channel, tell) : () => undefined), [channel]);
  const read = useCallback(() => (channel ? stream().view(channel) : undefined), [channel]);
  return useSyncExternalStore(subscribe, read, () => undefined);
}

const seen = (view: View | undefined): Seen => ({ state: view?.state ?? "waiting", ts: view?.ts ?? 0, problem: view?.problem ?? "" });

/** Rows of a keyed or a log channel, in the order of the server; null subscribes to nothing. */
export function useRows<Row>(channel: string | null): Seen & { rows: readonly Row[] } {
  const view = useView(channel);
  return { ...seen(view), rows: (view?.rows ?? NOTHING) as readonly Row[] };
}

/** The value of a channel that always sends the whole of it. */
export function useValue<T>(channel: string | null): Seen & { value: T | undefined } {
  const view = useView(channel);
  return { ...seen(view), value: view?.value as T | undefined };
}

/** One row of a keyed channel; draws anew only when that row changes. */
export function useRow<Row>(channel: string | null, key: string): Row | undefined {
  const subscribe = useCallback((tell: () => void) => (channel ? stream().read(channel, tell) : () => undefined), [channel]);
  const read = useCallback(() => (channel ? stream().view(channel)?.byKey.get(key) : undefined), [channel, key]);
  return useSyncExternalStore(subscribe, read, () => undefined) as Row | undefined;
}

/** A channel as it is: everything that the other hooks choose from. */
export function useChannel(channel: string | null): View | undefined {
  return useView(channel);
}

/** State of the line to the server. */
export function useLine(): Line {
  return useSyncExternalStore(
    (tell) => stream().readLine(tell),
    () => stream().line,
    () => "idle",
  );
}

/** Server time in ms, read anew every `every_ms`; undefined before the page lives. */
export function useNow(every_ms = 1_000): number | undefined {
  const [now, setNow] = useState<number>();
  useEffect(() => {
    setNow(serverNow());
    const timer = setInterval(() => setNow(serverNow()), every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
  return now;
}
