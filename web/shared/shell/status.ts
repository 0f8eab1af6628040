"use client";

import { useApi } from "@/shared/api";
import { useSession } from "@/shared/session";
import { useLine, useValue } from "@/shared/stream";

/** What the bar needs of the platform's state. */
export interface Status {
  mode?: string;
  account?: string;
  ready: boolean;
  reasons: string[];
  equity: string;
  currency: string;
  open_orders: number;
  killed: string[];
  data_age_ms: number;
}

/** The platform in one look: by stream, and by questions while the stream does not tell. */
export function useStatus(): { status: Status | undefined; ts: number; stale: boolean; nobodys: boolean } {
  const nobodys = useSession().me?.accounts.length === 0; // who was given no account is told of none
  const line = useLine();
  const told = useValue<Status>("status");
  const live = told.state === "live";
  const asked = useApi("/api/v1/status", { every_ms: live ? 60_000 : 5_000, when: !live && !nobodys });
  const status = told.value ?? (asked.data as unknown as Status | undefined);
  const ts = told.value ? told.ts : asked.dataUpdatedAt * 1e6;
  return { status, ts, stale: !live && (line !== "open" || asked.isError), nobodys };
}

/** Words for the mode that nobody can confuse. */
export function modeOf(status: Status | undefined): "SIMULATED" | "PAPER" | "LIVE" | undefined {
  const mode = status?.mode?.toUpperCase();
  return mode === "SIMULATED" || mode === "PAPER" || mode === "LIVE" ? mode : undefined;
}
