// Time zones as browsers know them.

/** All that this browser knows by name. */
export const ZONES: readonly string[] = ["UTC", ...(typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [])];

/** Whether a name is a zone. */
export function zoneKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Now, ns UTC. */
export function clockNow(): number {
  return Date.now() * 1_000_000;
}
