"use client";

import { useCommand } from "@/shared/api";
import { emailProblem, useMe, useSession } from "@/shared/session";
import { Button, FailedLine, TextField, toast, useForm, type Checks } from "@/shared/ui";

interface About {
  display: string;
  email: string;
}

const RIGHT: Checks<About> = ({ display, email }) => ({
  display: display.length <= 200 ? undefined : "at most 200 characters",
  email: email === "" ? undefined : emailProblem(email),
});

/** What one says about oneself. */
export function AboutMe(): React.ReactElement {
  const me = useMe();
  const { entered } = useSession();
  const save = useCommand("put", "/api/v1/profile", {
    onDone: (answer) => {
      entered(answer);
      toast.done("Your profile is saved");
    },
  });
  const form = useForm<About>({ display: me.display, email: me.email }, RIGHT, save.problem);
  const send = (): void => {
    if (form.valid()) void save.run({ body: { ...form.values, time_zone: me.time_zone, preferences: me.preferences } });
  };
  return (
    <form
      className="flex max-w-[480px] flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextField label="User name" value={me.name} onChange={() => undefined} readOnly hint="It stands in permanent records, so it stays as it is." />
      <TextField label="Shown as" autoComplete="name" {...form.field("display")} />
      <TextField label="E-mail" type="email" autoComplete="email" hint="For a reset of your password, where this Parrot sends mail." {...form.field("email")} />
      <FailedLine problem={save.problem} />
      <div>
        <Button kind="primary" type="submit" busy={save.busy} disabled={form.values.display === me.display && form.values.email === me.email}>
          Save
        </Button>
      </div>
    </form>
  );
}
