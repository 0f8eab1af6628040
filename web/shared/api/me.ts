// Who is signed in, as the gateway says it.

/** GET /api/v1/auth/session. */
export interface Me {
  user: string;
  name: string;
  display: string;
  email: string;
  roles: string[];
  permissions: string[];
  accounts: string[];
  csrf: string;
  proved_ns: number;
  expires_ns: number;
  must_enrol: boolean;
  second_factor: boolean;
  owner: boolean;
}

/** How a sign-in may go on: a way to prove it a second time. */
export type SecondWay = "totp" | "recovery" | "passkey";

/** Answer of every step of signing in. */
export interface Step {
  me: Me | null;
  second: { ticket: string; ways: SecondWay[] } | null;
}

/** GET /api/v1/auth/state: what the doors look like before anyone is in. */
export interface DoorState {
  set_up: boolean;
  registration: boolean;
  mail: boolean;
  providers: { id: string; title: string }[];
  second_factor_for: string[];
}

/** Whether someone may do what a permission names. */
export function may(me: Me | undefined, permission: string | undefined): boolean {
  return permission === undefined || (me?.permissions.includes(permission) ?? false);
}
