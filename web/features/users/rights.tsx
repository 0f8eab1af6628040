"use client";

import { Check, Choice, TextField } from "@/shared/ui";
import { ALL_ROLES, listed, ROLE_HINTS, roleWords, type Role } from "./words";

export interface Rights {
  roles: readonly Role[];
  every: boolean;
  accounts: string;
}

/** Accounts as the server keeps them: * is all. */
export function accountsOf({ every, accounts }: Rights): string[] {
  return every ? ["*"] : listed(accounts);
}

/** Roles and accounts of somebody. */
export function RightsFields({ rights, set }: { rights: Rights; set: (rights: Rights) => void }): React.ReactElement {
  const turn = (role: Role, on: boolean): void => set({ ...rights, roles: on ? [...rights.roles, role] : rights.roles.filter((one) => one !== role) });
  return (
    <>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-small text-soft">Roles</legend>
        {ALL_ROLES.map((role) => (
          <Check key={role} label={roleWords(role)} hint={ROLE_HINTS[role]} value={rights.roles.includes(role)} onChange={(on) => turn(role, on)} />
        ))}
      </fieldset>
      <Choice label="Accounts they see" value={rights.every ? "every" : "some"} onChange={(which) => set({ ...rights, every: which === "every" })} options={[["every", "All accounts"], ["some", "Only these"]]} />
      {rights.every ? null : <TextField label="Accounts, with commas" hint="main is the desk's; exchange:NAME one of the simulated exchange" value={rights.accounts} onChange={(accounts) => set({ ...rights, accounts })} />}
    </>
  );
}
