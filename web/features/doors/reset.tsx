"use client";

import Link from "next/link";
import { useState } from "react";
import { ask } from "@/shared/api";
import { passwordProblem } from "@/shared/session";
import { Button, ButtonLink, Empty, FailedLine, TextField } from "@/shared/ui";
import { Door, useDoorAct, useDoors, useLinkToken } from "./door";
import { NewPassword } from "./new-password";

/** A forgotten password: asking for a link, and following it. */
export function Reset(): React.ReactElement {
  const token = useLinkToken();
  return token ? <Finish token={token} /> : <Ask />;
}

function Ask(): React.ReactElement {
  const { doors } = useDoors();
  const [who, setWho] = useState("");
  const [asked, setAsked] = useState(false);
  const act = useDoorAct(
    () => ask("post", "/api/v1/auth/reset", { body: { name_or_email: who.trim() } }),
    () => setAsked(true),
  );
  const back = (
    <Link className="link" prefetch={false} href="/signin">
      Back to sign in
    </Link>
  );
  if (asked) {
    return (
      <Door title="Look into your mail" below={back}>
        <p className="text-soft">If there is such a user with a checked address, a link is on its way. It works once and not for long.</p>
      </Door>
    );
  }
  if (doors && !doors.mail) {
    return (
      <Door title="Forgot the password" below={back}>
        <p className="text-soft">This Parrot sends no mail. Ask an administrator for a link, or on its machine run:</p>
        <pre className="overflow-x-auto rounded border bg-ground p-2 font-mono text-small">parrot users reset NAME</pre>
      </Door>
    );
  }
  return (
    <Door title="Forgot the password" about="You get a link by mail with which you choose another." below={back}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (who.trim()) act.run();
        }}
      >
        <TextField label="Name or e-mail address" value={who} onChange={setWho} autoComplete="username" autoCapitalize="off" spellCheck={false} autoFocus />
        <FailedLine problem={act.problem} />
        <Button kind="primary" type="submit" busy={act.busy} disabled={!who.trim()}>
          Send the link
        </Button>
      </form>
    </Door>
  );
}

function Finish({ token }: { token: string }): React.ReactElement {
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const act = useDoorAct(
    () => ask("post", "/api/v1/auth/reset/finish", { body: { token, password } }),
    () => setDone(true),
  );
  if (done) {
    return (
      <Door title="Your password is changed">
        <Empty title="Every session of yours was ended" action={<ButtonLink kind="primary" href="/signin">Sign in</ButtonLink>}>
          Sign in with the new password. A second factor stays as it was.
        </Empty>
      </Door>
    );
  }
  return (
    <Door title="Choose another password">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!passwordProblem(password)) act.run();
        }}
      >
        <NewPassword label="New password" value={password} onChange={setPassword} problem={act.problem?.byField().password} />
        <FailedLine problem={act.problem} />
        <Button kind="primary" type="submit" busy={act.busy} disabled={passwordProblem(password) !== undefined}>
          Change it
        </Button>
      </form>
    </Door>
  );
}
