"use client";

import { useState } from "react";
import { useCommand } from "@/shared/api";
import { Once } from "@/features/profile/once";
import { emailProblem, nameProblem } from "@/shared/session";
import { Button, Dialog, FailedLine, Select, TextField, useForm, type Checks } from "@/shared/ui";
import { accountsOf, RightsFields, type Rights } from "./rights";
import { wholeLink } from "./words";

interface Invited {
  name: string;
  display: string;
  email: string;
  days: string;
}

const RIGHT: Checks<Invited> = ({ name, email }) => ({
  name: name === "" ? undefined : nameProblem(name),
  email: email === "" ? undefined : emailProblem(email),
});

/** Invites somebody: a link to hand over, good once. */
export function InviteDialog({ close }: { close: () => void }): React.ReactElement {
  const [link, setLink] = useState<string>();
  const [rights, setRights] = useState<Rights>({ roles: ["viewer"], every: false, accounts: "main" });
  const invite = useCommand("post", "/api/v1/invitations", { changes: ["/api/v1/invitations", "/api/v1/users"], onDone: (made) => setLink(wholeLink(made.link, location.origin)) });
  const form = useForm<Invited>({ name: "", display: "", email: "", days: "7" }, RIGHT, invite.problem);
  if (link) return <Once title="The invitation is made" about="Hand this link over by a way that only they read. It works once." items={[["Link", link]]} close={close} />;
  const send = (): void => {
    if (!form.valid() || rights.roles.length === 0) return;
    const { name, display, email, days } = form.values;
    void invite.run({ body: { name, display, email, days: Number(days), roles: [...rights.roles], accounts: accountsOf(rights) } });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Invite somebody"
      width="medium"
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" busy={invite.busy} disabled={rights.roles.length === 0} onClick={send}>
            Make the link
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-1 gap-3 md:grid-cols-2">
        <TextField label="User name, empty: they choose" autoComplete="off" {...form.field("name")} />
        <TextField label="Shown as" autoComplete="off" {...form.field("display")} />
        <TextField label="E-mail, if you have it" type="email" autoComplete="off" {...form.field("email")} />
        <Select label="Good for" options={[["1", "1 day"], ["7", "7 days"], ["30", "30 days"]]} {...form.field("days")} />
      </div>
      <RightsFields rights={rights} set={setRights} />
      {rights.roles.length === 0 ? <p className="text-small text-loss">choose at least one role</p> : null}
      <FailedLine problem={invite.problem} />
    </Dialog>
  );
}
