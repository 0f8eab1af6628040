"use client";

import { type QueryClient, useInfiniteQuery, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { call, type Method } from "./call";
import { Commands } from "./commands";
import type { Answer, BodyOf, Params, PathOf, QueryOf } from "./paths";
import { asProblem, type Problem } from "./problem";

interface Asking {
  /** Asks again by itself; it does not keep the session from idling out. */
  every_ms?: number;
  /** False: not yet, something that it needs is not chosen. */
  when?: boolean;
  /** Keeps showing the last answer while one with other parameters is fetched. */
  keep?: boolean;
}

type Given<P extends PathOf<"get">> = { params?: Params<P, "get">; query?: QueryOf<P, "get"> } & Asking;

/** The answer of a question; every use of the same question shares one request. */
export function useApi<P extends PathOf<"get">>(path: P, given: Given<P> = {}): UseQueryResult<Answer<P, "get">, Problem> {
  const { params, query, every_ms, when = true, keep = false } = given;
  return useQuery<Answer<P, "get">, Problem>({
    queryKey: [path, params ?? null, query ?? null],
    queryFn: ({ signal }) => call("get", path, { params: params as never, query: query as never, signal, passive: every_ms !== undefined }),
    enabled: when,
    ...(every_ms === undefined ? {} : { refetchInterval: every_ms }),
    ...(keep ? { placeholderData: (before: unknown) => before as never } : {}),
  });
}

interface Paged<Row> {
  rows: readonly Row[];
  more: boolean;
  loading: boolean;
  problem: Problem | null;
  fetchMore(): void;
  refetch(): void;
}

type RowOf<T> = T extends { items: readonly (infer Row)[] } ? Row : never;

/** A list of many pages, fetched as it is read: `{items, next}` answers. */
export function usePages<P extends PathOf<"get">>(path: P, given: Given<P> = {}): Paged<RowOf<Answer<P, "get">>> {
  type Row = RowOf<Answer<P, "get">>;
  const { params, query, every_ms, when = true } = given;
  const found = useInfiniteQuery<{ items: readonly Row[]; next?: string | null }, Problem>({
    queryKey: [path, params ?? null, query ?? null, "pages"],
    queryFn: ({ pageParam, signal }) => call("get", path, { params: params as never, query: { ...(query as object), after: pageParam as string | undefined }, signal, passive: every_ms !== undefined }),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: when,
    ...(every_ms === undefined ? {} : { refetchInterval: every_ms }),
  });
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const { hasNextPage, isFetching, fetchNextPage, refetch } = found;
  const fetchMore = useCallback(() => void (hasNextPage && !isFetching && fetchNextPage()), [hasNextPage, isFetching, fetchNextPage]);
  return { rows, more: hasNextPage, loading: found.isPending && when, problem: found.error, fetchMore, refetch: () => void refetch() };
}

interface Commanding<T> {
  /** Questions whose answers this changes: addresses, or the beginning of them. */
  changes?: readonly string[];
  onDone?: (answer: T) => void;
}

interface Sending<P extends PathOf<M>, M extends Method> {
  params?: Params<P, M>;
  query?: QueryOf<P, M>;
  body?: BodyOf<P, M>;
}

interface Command<P extends PathOf<M>, M extends Method> {
  /** Sends it; a second call while one is under way is the same one. Undefined: it failed, see `problem`. */
  run(given?: Sending<P, M>): Promise<Answer<P, M> | undefined>;
  busy: boolean;
  problem: Problem | null;
  answer: Answer<P, M> | undefined;
  reset(): void;
}

/** An act: sent once however often the button is pressed, and never carried out twice when the line breaks. */
export function useCommand<M extends Exclude<Method, "get">, P extends PathOf<M>>(method: M, path: P, { changes = [], onDone }: Commanding<Answer<P, M>> = {}): Command<P, M> {
  type Done = Answer<P, M>;
  const client = useQueryClient();
  const commands = useRef<Commands>(undefined);
  const lives = useRef(true);
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null; answer: Done | undefined }>({ busy: false, problem: null, answer: undefined });
  const latest = useRef({ changes, onDone });
  useEffect(() => {
    latest.current = { changes, onDone };
  });
  useEffect(() => {
    lives.current = true;
    return () => {
      lives.current = false;
    };
  }, []);
  const run = useCallback(
    async (given: Sending<P, M> = {}) => {
      commands.current ??= new Commands((key, sent) => call(method, path, { ...(sent as object), key }));
      setState((before) => ({ ...before, busy: true, problem: null }));
      try {
        const { answer, first } = await commands.current.run<Done>(given);
        if (!first) return answer;
        await refresh(client, latest.current.changes);
        if (lives.current) setState({ busy: false, problem: null, answer });
        latest.current.onDone?.(answer);
        return answer;
      } catch (thrown) {
        if (lives.current) setState({ busy: false, problem: asProblem(thrown), answer: undefined });
        return undefined;
      }
    },
    [client, method, path],
  );
  const reset = useCallback(() => setState({ busy: false, problem: null, answer: undefined }), []);
  return { run, ...state, reset };
}

/** Asks every open question anew whose address begins so. */
export async function refresh(client: QueryClient, changes: readonly string[]): Promise<void> {
  if (changes.length === 0) return;
  void client.invalidateQueries({ predicate: ({ queryKey }) => changes.some((change) => String(queryKey[0]).startsWith(change)) });
}
