"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { asProblem, ask, type Problem } from "@/shared/api";
import { NAME_RULE, nameProblem, passwordProblem, SignInForm, useSession } from "@/shared/session";
import { Button, ButtonLink, Empty, Failed, FailedLine, Loading, TextField, Time, Typed, useForm, type Checks } from "@/shared/ui";
import { Door, useDoorAct, useLinkToken } from "./door";
import { NewPassword } from "./new-password";

interface Invitation {
  name: string;
  email: string;
  roles: string[];
  by: string;
  expires_ns: number;
}

interface Joining {
  name: string;
  password: string;
}

const CHECKS: Checks<Joining> = ({ name, password }) => ({ name: nameProblem(name), password: passwordProblem(password) });

/** Somebody follows an invitation. */
export function Join(): React.ReactElement {
  const token = useLinkToken();
  const [found, setFound] = useState<Invitation>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    if (!token) return;
    ask("post", "/api/v1/auth/invitation/look", { body: { token } }).then(setFound, (thrown: unknown) => setProblem(asProblem(thrown)));
  }, [token]);
  return (
    <Door title="Join this Parrot">
      {token === "" ? (
        <Empty title="The link is not whole" action={<ButtonLink href="/signin">To sign in</ButtonLink>}>
          Open it again from where you got it, all of it, with what stands behind the #.
        </Empty>
      ) : problem ? (
        <Failed problem={problem} />
      ) : token && found ? (
        <JoinForm token={token} invitation={found} />
      ) : (
        <Loading rows={4} />
      )}
    </Door>
  );
}

function JoinForm({ token, invitation }: { token: string; invitation: Invitation }): React.ReactElement {
  const router = useRouter();
  const { entered } = useSession();
  const [second, setSecond] = useState(false);
  const form = useForm<Joining>({ name: invitation.name, password: "" }, CHECKS);
  const { name, password } = form.values;
  const act = useDoorAct(
    () => ask("post", "/api/v1/auth/invitation", { body: { token, name: name.trim(), password } }),
    ({ me }) => {
      if (!me) return setSecond(true);
      entered(me);
      router.replace("/");
    },
  );
  if (second) return <SignInForm name={name.trim()} onEntered={entered} />;
  const said = act.problem?.byField() ?? {};
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (form.valid()) act.run();
      }}
    >
      <p className="text-soft">
        <Typed>{invitation.by}</Typed> invites you as {invitation.roles.map((role) => role.replace("_", " ")).join(", ") || "viewer"}. The invitation holds until <Time ns={invitation.expires_ns} detail="minute" />.
      </p>
      <TextField label="Your name here" hint={`${NAME_RULE}.`} {...form.field("name")} problem={form.field("name").problem ?? said.name} autoComplete="username" autoCapitalize="off" spellCheck={false} readOnly={invitation.name !== ""} />
      <NewPassword {...form.field("password")} about={[name, invitation.email]} />
      <FailedLine problem={act.problem} />
      <Button kind="primary" type="submit" busy={act.busy}>
        Join
      </Button>
    </form>
  );
}
