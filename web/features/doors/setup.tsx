"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { ask } from "@/shared/api";
import { NAME_RULE, nameProblem, passwordProblem, useSession } from "@/shared/session";
import { Button, Failed, FailedLine, Loading, TextField, useForm, type Checks } from "@/shared/ui";
import { Door, useDoorAct, useDoors } from "./door";
import { NewPassword } from "./new-password";

interface Owner {
  code: string;
  name: string;
  password: string;
}

const CHECKS: Checks<Owner> = ({ code, name, password }) => ({
  code: code.trim() ? undefined : "the code that parrot up printed",
  name: nameProblem(name),
  password: passwordProblem(password),
});

/** The first visit: who owns this Parrot. */
export function SetUp(): React.ReactElement {
  const router = useRouter();
  const { standing } = useSession();
  const { doors, problem, again } = useDoors();
  const owned = doors?.set_up === true;
  useEffect(() => {
    if (owned && standing !== "in") router.replace("/signin");
  }, [owned, standing, router]);
  return (
    <Door title="Make this Parrot yours" about="It trades on paper already. You become its owner: the one who may do everything and lets others in.">
      {problem ? <Failed problem={problem} retry={again} /> : doors && !owned ? <OwnerForm /> : <Loading rows={5} />}
    </Door>
  );
}

function OwnerForm(): React.ReactElement {
  const router = useRouter();
  const { entered } = useSession();
  const values = useForm<Owner>({ code: "", name: "", password: "" }, CHECKS);
  const { code, name, password } = values.values;
  const act = useDoorAct(
    () => ask("post", "/api/v1/auth/setup", { body: { code: code.trim(), name: name.trim(), password } }),
    ({ me }) => {
      if (me) entered(me);
      router.replace("/");
    },
  );
  const said = act.problem?.byField() ?? {};
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (values.valid()) act.run();
      }}
    >
      <TextField label="One-time code" hint="It stands in the terminal where Parrot was started." {...values.field("code")} autoComplete="off" autoCapitalize="off" spellCheck={false} autoFocus />
      <TextField label="Your name here" hint={`You sign in with it, and it stands beside what you do: ${NAME_RULE}.`} {...values.field("name")} problem={values.field("name").problem ?? said.name} autoComplete="username" autoCapitalize="off" spellCheck={false} />
      <NewPassword {...values.field("password")} about={[name]} />
      <FailedLine problem={act.problem} />
      <Button kind="primary" type="submit" busy={act.busy}>
        Go to Home
      </Button>
    </form>
  );
}
