// Small words of the audit page.

const SWITCH: Readonly<Record<string, string>> = { True: "yes", False: "no" };

/** What an act was about in one line, by its fields; what is empty is left out. */
export function wordsOf(about: Record<string, string>): string {
  return Object.entries(about)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name.replace(/_/g, " ")} ${SWITCH[value] ?? value}`)
    .join(" · ");
}

/** What a field for a moment holds (this browser's zone) as ns UTC; undefined while it is empty or no moment. */
export function momentNs(typed: string): number | undefined {
  const ms = typed ? Date.parse(typed) : Number.NaN;
  return Number.isNaN(ms) || ms < 0 ? undefined : ms * 1_000_000;
}

export interface Step {
  name: string;
  state: "holds" | "violated" | "unknown";
  text: string;
}

/** Invariants as the check tells them, in the order of their numbers. */
export function stepsOf(invariants: Record<string, string>): Step[] {
  return Object.entries(invariants)
    .sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)))
    .map(([name, text]) => ({ name, text, state: text === "holds" || text === "violated" ? text : "unknown" }));
}
