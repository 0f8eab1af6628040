// What went wrong, as the gateway says it (application/problem+json), or as the line to it failed.

/** One field that was refused, with the server's words. */
export interface FieldProblem {
  field: string;
  problem: string;
}

interface Told {
  title?: string;
  detail?: string;
  code?: string;
  reason?: string;
  expected?: string;
  fix?: string;
  fields?: FieldProblem[];
  retry_after?: number;
}

/** An answer that was no success. `status` 0: there was no answer, and whether the act was done is unknown. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly reason: string;
  readonly expected: string;
  readonly fix: string;
  readonly fields: readonly FieldProblem[];
  /** All that the answer held, for problems with members of their own. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, told: Told & Record<string, unknown>) {
    super(told.title ?? told.detail ?? `the server answered ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = told.code ?? "";
    this.reason = told.reason ?? "";
    this.expected = told.expected ?? "";
    this.fix = told.fix ?? "";
    this.fields = Array.isArray(told.fields) ? told.fields : [];
    this.more = told;
  }

  /** Nothing came back. */
  get lost(): boolean {
    return this.status === 0;
  }

  /** Asking again may help, and nothing is known to have been done. */
  get passing(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }

  /** The server's words for each field. */
  byField(): Record<string, string> {
    return Object.fromEntries(this.fields.map(({ field, problem }) => [field, problem]));
  }
}

/** The problem of an answer, whatever its body is. */
export async function problemOf(answer: Response): Promise<Problem> {
  let told: unknown;
  try {
    told = await answer.json();
  } catch {
    told = undefined;
  }
  if (typeof told === "object" && told !== null) return new Problem(answer.status, told as Record<string, unknown>);
  return new Problem(answer.status, { title: `the server answered ${answer.status} without saying why` });
}

/** What anything thrown is, as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const title = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem(-1, { title, fix: "load the page again" });
}

const LOST = "The server could not be reached";

/** Nothing came back: offline, stopped, or cut off on the way. */
export function lostProblem(): Problem {
  return new Problem(0, { title: LOST, code: "lost", fix: "it is tried again by itself; look whether the server runs" });
}

const PRESS_AGAIN = "Look whether the server runs, then press again: the same attempt is never carried out twice.";

/** What happened, what it means for money, what to do: the three lines of every failure. */
export function explained(problem: Problem, writes: boolean): { happened: string; means: string; todo: string } {
  const happened = problem.message.replace(/^./, (first) => first.toUpperCase());
  const expected = problem.expected ? `Expected: ${problem.expected}. ` : "";
  return { happened, means: meaning(problem, writes), todo: expected + (writes && problem.lost ? PRESS_AGAIN : todo(problem) || "Try again.") };
}

function meaning({ status }: Problem, writes: boolean): string {
  if (!writes) return "Nothing was changed. Trading goes on as it was.";
  if (status === 0) return "It is not known whether this was done.";
  if (status >= 500) return "This may not have been done. The same attempt is never carried out twice.";
  return "Nothing was done, nothing was sent.";
}

function todo({ fix, status }: Problem): string {
  if (fix) return `${fix.replace(/^./, (first) => first.toUpperCase())}.`.replace(/\.\.$/, ".");
  if (status === 403) return "Ask someone whose role allows it.";
  if (status === 404) return "It may have ended, or it is not yours to see. Go back to the list.";
  if (status === 409) return "Load the page again: somebody else may have changed it.";
  if (status === 429) return "Wait a moment, then try again.";
  return "";
}
