// Times are nanoseconds UTC on the wire and always carry their zone on the screen. JSON numbers keep them to about a quarter
// of a microsecond, so nothing finer than a millisecond is shown.

export const NS_PER_MS = 1_000_000;
const LATEST_NS = 8.64e21; // of a Date

/** How much of a moment is said. */
export type Detail = "moment" | "time" | "day" | "minute";

let zone: string | undefined; // undefined: the browser's own
let own: string | undefined; // looked up once: each time on the screen asks for it at each drawing, and the browser is slow to say
const known = new Map<string, Intl.DateTimeFormat>();
let written = ""; // the newest second that was written, and its parts: most are asked for twice, for a cell and for what resting on it tells
let part: Record<string, string> = {};
const watchers = new Set<() => void>();

/** Chooses the zone of every time on the screen; an empty name is the browser's own, an unknown one is refused. */
export function chooseZone(name: string): boolean {
  try {
    if (name) new Intl.DateTimeFormat("en-GB", { timeZone: name });
  } catch {
    return false;
  }
  zone = name || undefined;
  known.clear();
  written = "";
  watchers.forEach((tell) => tell());
  return true;
}

/** The zone that is used. */
export function zoneName(): string {
  return zone ?? (own ??= Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** Told when the zone changes. */
export function watchZone(tell: () => void): () => void {
  watchers.add(tell);
  return () => watchers.delete(tell);
}

function formatter(detail: Detail): Intl.DateTimeFormat {
  const made = known.get(detail);
  if (made) return made;
  const date = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const parts: Intl.DateTimeFormatOptions = {
    ...(detail === "time" ? {} : date),
    ...(detail === "day" ? {} : time),
    ...(detail === "moment" || detail === "time" ? { second: "2-digit" } : {}),
    timeZoneName: "short",
    ...(zone ? { timeZone: zone } : {}),
  };
  const fresh = new Intl.DateTimeFormat("en-GB", parts);
  known.set(detail, fresh);
  return fresh;
}

/** A moment as text with its zone: "2026-11-21 09:30:12.345 UTC"; "-" for none. */
export function writtenTime(ns: number | null | undefined, detail: Detail = "moment", { millis = false } = {}): string {
  if (!ns || !(Math.abs(ns) <= LATEST_NS)) return "\u2013";
  const ms = Math.floor(ns / NS_PER_MS);
  const wanted = detail + Math.floor(ms / 1000);
  if (wanted !== written) part = Object.fromEntries(formatter(detail).formatToParts(ms).map(({ type, value }) => [type, value]));
  written = wanted;
  const day = part.year ? `${part.year}-${part.month}-${part.day}` : "";
  const seconds = part.second === undefined ? "" : `:${part.second}` + (millis ? `.${String(((ms % 1000) + 1000) % 1000).padStart(3, "0")}` : "");
  const time = part.hour === undefined ? "" : `${part.hour}:${part.minute}${seconds}`;
  return [day, time, part.timeZoneName].filter(Boolean).join(" ");
}

/** A span as people say it: "820 ms", "12 s", "5 min", "3 h 20 min", "2 d 4 h". */
export function writtenSpan(ms: number): string {
  if (!Number.isFinite(ms)) return "\u2013";
  const size = Math.abs(ms);
  if (size < 1000) return `${Math.round(size)} ms`;
  const seconds = Math.floor(size / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}
