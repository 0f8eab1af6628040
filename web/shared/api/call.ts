// One way to the gateway: same origin, the session's cookie, the CSRF header on writes, problems as Problem.

import { heardFromServer } from "@/shared/stream/clock";
import { lostProblem, Problem, problemOf } from "./problem";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** What a call brings along. */
export interface Call {
  params?: Record<string, string | number> | undefined;
  query?: Record<string, string | number | boolean | readonly string[] | null | undefined> | undefined;
  body?: unknown;
  /** The same key is the same act, however often it is sent. */
  key?: string | undefined;
  /** A page that asks by itself does not keep a session from idling out. */
  passive?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Ends the call when nothing came back for so long. */
  patience_ms?: number | undefined;
}

const PATIENCE_MS = 30_000;
let csrf = "";

/** The value that writes must carry; it came with the session. */
export function setCsrf(value: string): void {
  csrf = value;
}

/** Hooks of the session: how a 401 and a demand to prove who one is are dealt with. True: send the call again. */
export interface Gate {
  signedOut(problem: Problem): Promise<boolean>;
  reauthenticate(problem: Problem): Promise<boolean>;
  /** Another tab signed in anew: the value of this page's writes is not the session's. */
  changed(problem: Problem): Promise<boolean>;
}

let gate: Gate | undefined;

/** Set once by the session's provider. */
export function setGate(value: Gate | undefined): void {
  gate = value;
}

/** The address of a call: path parameters filled in, the query behind; empty values are left out. */
export function addressOf(path: string, { params = {}, query = {} }: Call = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new RangeError(`the address ${path} needs ${name}`);
    return encodeURIComponent(String(value));
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) value.forEach((one: string) => search.append(name, one));
    else if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}

/** Calls once; signs in or proves again when it is asked to, then calls again. Raises Problem. */
export async function call<T>(method: Method, path: string, given: Call = {}): Promise<T> {
  for (let proofs = 0; ; proofs += 1) {
    try {
      return await once<T>(method, path, given);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || !gate || proofs >= 2 || !(await opened(gate, thrown))) throw thrown;
    }
  }
}

async function opened(by: Gate, problem: Problem): Promise<boolean> {
  if (problem.status === 401 && (problem.reason === "signed_out" || problem.reason === "")) return by.signedOut(problem);
  if (problem.status === 403 && problem.reason === "reauthenticate") return by.reauthenticate(problem);
  if (problem.status === 403 && problem.reason === "csrf") return by.changed(problem);
  return false;
}

/** Calls without asking anyone to sign in: for the pages that do that themselves. */
export async function once<T>(method: Method, path: string, given: Call = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (given.body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "get" && csrf) headers["Parrot-CSRF"] = csrf;
  if (given.key) headers["Idempotency-Key"] = given.key;
  if (given.passive) headers["Parrot-Passive"] = "1";
  const sent = Date.now();
  const answer = await fetched(addressOf(path, given), {
    method: method.toUpperCase(),
    headers,
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    signal: given.signal ? AbortSignal.any([given.signal, AbortSignal.timeout(given.patience_ms ?? PATIENCE_MS)]) : AbortSignal.timeout(given.patience_ms ?? PATIENCE_MS),
  });
  heardFromServer(answer.headers.get("date"), sent);
  if (!answer.ok) throw await problemOf(answer);
  if (answer.status === 204 || answer.headers.get("content-length") === "0") return undefined as T;
  return read<T>(answer);
}

async function fetched(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw lostProblem();
  }
}

async function read<T>(answer: Response): Promise<T> {
  try {
    return (await answer.json()) as T;
  } catch {
    throw lostProblem(); // the line broke inside the answer
  }
}
