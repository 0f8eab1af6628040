"use client";

import { useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";
import { useValue } from "@/shared/stream";
import { useApi } from "./hooks";
import type { Answer, PathOf } from "./paths";
import type { Problem } from "./problem";

const SELDOM_MS = 30_000;
const OFTEN_MS = 5_000;

/** The answer of a question that follows a channel of whole values; without the stream it is asked often instead. */
export function useFollowed<P extends PathOf<"get">>(path: P, channel: string): UseQueryResult<Answer<P, "get">, Problem> {
  const client = useQueryClient();
  const { state, value } = useValue<Partial<Answer<P, "get">>>(channel);
  const asked = useApi(path, { every_ms: state === "live" ? SELDOM_MS : OFTEN_MS });
  useEffect(() => {
    if (state === "live") client.setQueryData<Answer<P, "get">>([path, null, null], (before) => before && Object.assign({}, before, value));
  }, [client, path, state, value]);
  return asked;
}
