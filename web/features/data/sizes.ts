// Sizes, and files as the gateway takes them.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes with a unit: "512 B", "1.5 MiB". */
export function bytesOf(count: number): string {
  let at = 0;
  let left = count;
  while (left >= 1024 && at < UNITS.length - 1) {
    left /= 1024;
    at += 1;
  }
  return `${at === 0 || left >= 100 ? Math.round(left) : left.toFixed(1)} ${UNITS[at]}`;
}

/** Bytes as base64. */
export function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** A day of a date field as ns UTC, undefined where it is none. */
export function dayNs(typed: string): number | undefined {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(typed) ? Date.parse(`${typed}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(ms) || ms < 0 ? undefined : ms * 1_000_000;
}
