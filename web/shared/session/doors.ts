/** Pages for those who are not signed in: they have no shell. */
export const DOORS = ["/signin", "/setup", "/join", "/reset", "/register"] as const;

/** Whether an address is one of them. */
export function isDoor(path: string): boolean {
  return DOORS.some((door) => path === door || path.startsWith(`${door}/`) || path === `${door}.html`);
}

/** Where to go after signing in: an address of this site and nothing else. */
export function nextPlace(search: string): string {
  const wanted = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\])/.test(wanted) && !isDoor(wanted.split(/[?#]/)[0] ?? "") ? wanted : "/";
}
