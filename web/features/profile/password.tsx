"use client";

import { useCommand } from "@/shared/api";
import { passwordProblem, useMe, useSession } from "@/shared/session";
import { Button, FailedLine, PasswordField, toast, useForm, type Checks } from "@/shared/ui";

interface Passwords {
  old: string;
  new: string;
  again: string;
}

const EMPTY: Passwords = { old: "", new: "", again: "" };
const RIGHT: Checks<Passwords> = (values) => ({
  new: passwordProblem(values.new),
  again: values.again === values.new ? undefined : "both are to be the same",
});

/** Another password; other sessions end with the old one. */
export function Password(): React.ReactElement {
  const me = useMe();
  const { entered } = useSession();
  const change = useCommand("post", "/api/v1/profile/password", {
    changes: ["/api/v1/profile"],
    onDone: (answer) => {
      entered(answer);
      form.reset(EMPTY);
      toast.done("Your password is changed", "You are signed out everywhere else.");
    },
  });
  const form = useForm<Passwords>(EMPTY, RIGHT, change.problem);
  return (
    <form
      className="flex flex-col gap-3 border-t p-4 md:*:max-w-[480px]"
      aria-label="Password"
      onSubmit={(event) => {
        event.preventDefault();
        if (form.valid()) void change.run({ body: { old: form.values.old, new: form.values.new } });
      }}
    >
      <h2 className="font-strong">Password</h2>
      <input type="text" name="username" autoComplete="username" value={me.name} readOnly hidden />
      <PasswordField label="Password now" autoComplete="current-password" {...form.field("old")} />
      <PasswordField label="New password" autoComplete="new-password" {...form.field("new")} />
      <PasswordField label="New password again" autoComplete="new-password" {...form.field("again")} />
      <FailedLine problem={change.problem} />
      <div>
        <Button type="submit" kind="primary" busy={change.busy}>
          Change the password
        </Button>
      </div>
    </form>
  );
}
