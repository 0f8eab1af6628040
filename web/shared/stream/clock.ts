// Ages are told by the server's clock: the browser's may be wrong by hours.

const STEP_MS = 1_500; // the Date header has whole seconds, so a smaller difference says nothing
let offset_ms = 0;
let exact = false;

/** From the Date header of an answer: rough, but there from the first answer on. */
export function heardFromServer(date: string | null, sent_ms: number): void {
  if (exact || !date) return;
  const at = Date.parse(date);
  if (Number.isNaN(at)) return;
  const difference = at + 500 - (sent_ms + Date.now()) / 2;
  if (Math.abs(difference - offset_ms) > STEP_MS) offset_ms = difference;
}

/** From a message of the stream that carries when it was sent: the least delayed one counts. */
export function heardFromStream(ts_ns: number): void {
  const difference = ts_ns / 1e6 - Date.now();
  if (!exact || difference > offset_ms || difference < offset_ms - 10_000) offset_ms = difference;
  exact = true;
}

/** Now by the server's clock, ms since 1970. */
export function serverNow(): number {
  return Date.now() + offset_ms;
}

/** How far the browser's clock is off, ms; positive: it is behind. */
export function clockOffset(): number {
  return offset_ms;
}

/** For tests and for a new session. */
export function forgetClock(): void {
  offset_ms = 0;
  exact = false;
}
