// Who is signed in, as the gateway says it.

import type { components } from "./schema";

/** GET /api/v1/auth/session. */
export type Me = components["schemas"]["Me"];

/** Answer of every step of signing in: who is in, or what else is asked for. */
export type Step = components["schemas"]["SignedIn"];

/** GET /api/v1/auth/state: what the doors look like before anyone is in. */
export type DoorState = components["schemas"]["AuthState"];

/** Whether someone may do what a permission names. */
export function may(me: Me | undefined, permission: string | undefined): boolean {
  return permission === undefined || ((me?.permissions as readonly string[] | undefined)?.includes(permission) ?? false);
}
