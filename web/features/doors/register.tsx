"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { asProblem, ask, type Problem } from "@/shared/api";
import { emailProblem, NAME_RULE, nameProblem, passwordProblem } from "@/shared/session";
import { Button, ButtonLink, Empty, Failed, FailedLine, Loading, TextField, useForm, type Checks } from "@/shared/ui";
import { Door, useDoorAct, useDoors, useLinkToken } from "./door";
import { NewPassword } from "./new-password";

interface Newcomer {
  name: string;
  email: string;
  password: string;
}

const CHECKS: Checks<Newcomer> = ({ name, email, password }) => ({ name: nameProblem(name), email: emailProblem(email), password: passwordProblem(password) });

/** Making an account oneself, where that is allowed; the address is checked by a link. */
export function Register(): React.ReactElement {
  const token = useLinkToken();
  return token ? <Finish token={token} /> : <Ask />;
}

const back = (
  <Link className="link" prefetch={false} href="/signin">
    Back to sign in
  </Link>
);

function Ask(): React.ReactElement {
  const { doors, problem, again } = useDoors();
  const [asked, setAsked] = useState(false);
  const form = useForm<Newcomer>({ name: "", email: "", password: "" }, CHECKS);
  const { name, email, password } = form.values;
  const act = useDoorAct(
    () => ask("post", "/api/v1/auth/register", { body: { name: name.trim(), email: email.trim(), password } }),
    () => setAsked(true),
  );
  const said = act.problem?.byField() ?? {};
  if (asked) {
    return (
      <Door title="Look into your mail" below={back}>
        <p className="text-soft">A link is on its way to {email.trim()}. The account is yours once you follow it.</p>
      </Door>
    );
  }
  if (problem || !doors) {
    return (
      <Door title="Make an account" below={back}>
        {problem ? <Failed problem={problem} retry={again} /> : <Loading rows={5} />}
      </Door>
    );
  }
  if (!doors.registration) {
    return (
      <Door title="Make an account" below={back}>
        <p className="text-soft">Here people are let in by invitation. Ask an administrator for one.</p>
      </Door>
    );
  }
  return (
    <Door title="Make an account" below={back}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (form.valid()) act.run();
        }}
      >
        <TextField label="Your name here" hint={`${NAME_RULE}.`} {...form.field("name")} problem={form.field("name").problem ?? said.name} autoComplete="username" autoCapitalize="off" spellCheck={false} autoFocus />
        <TextField label="E-mail address" type="email" {...form.field("email")} problem={form.field("email").problem ?? said.email} autoComplete="email" />
        <NewPassword {...form.field("password")} about={[name, email.split("@")[0] ?? ""]} />
        <FailedLine problem={act.problem} />
        <Button kind="primary" type="submit" busy={act.busy}>
          Make the account
        </Button>
      </form>
    </Door>
  );
}

function Finish({ token }: { token: string }): React.ReactElement {
  const [state, setState] = useState<"asking" | "done" | Problem>("asking");
  useEffect(() => {
    ask("post", "/api/v1/auth/register/finish", { body: { token } }).then(
      () => setState("done"),
      (thrown: unknown) => setState(asProblem(thrown)),
    );
  }, [token]);
  return (
    <Door title="Checking your address">
      {state === "asking" ? (
        <Loading rows={2} />
      ) : state === "done" ? (
        <Empty title="The account is yours" action={<ButtonLink kind="primary" href="/signin">Sign in</ButtonLink>} />
      ) : (
        <Failed problem={state} />
      )}
    </Door>
  );
}
