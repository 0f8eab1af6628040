"use client";

import { useState } from "react";
import { useApi, useCommand } from "@/shared/api";
import { leaveFor, useSession } from "@/shared/session";
import { Answered, Button, Confirm, FailedLine, toast } from "@/shared/ui";

/** Identities of providers that let one in; nothing where this Parrot knows no provider. */
export function Linked(): React.ReactElement | null {
  const { entered } = useSession();
  const doors = useApi("/api/v1/auth/state");
  const factors = useApi("/api/v1/profile/factors");
  const [going, setGoing] = useState(false);
  const link = useCommand("post", "/api/v1/profile/providers/{provider}", { onDone: ({ url }) => leaveFor(url) });
  const drop = useCommand("delete", "/api/v1/profile/providers", {
    changes: ["/api/v1/profile"],
    onDone: (answer) => {
      entered(answer);
      setGoing(false);
      toast.done("No identity lets you in any more", "You are signed out everywhere else.");
    },
  });
  const providers = doors.data?.providers ?? [];
  if (!providers.length) return null;
  return (
    <section className="flex flex-col gap-2 border-t p-4" aria-label="Single sign-on">
      <h2 className="font-strong">Single sign-on</h2>
      <Answered of={factors} rows={1}>
        {({ linked }) => (
          <div className="flex flex-wrap items-center gap-3">
            <span className="min-w-0 text-soft">{linked ? `${linked} ${linked === 1 ? "identity is" : "identities are"} linked: who signs in there is let in here.` : "No identity is linked. With one you sign in here by signing in there."}</span>
            <span className="ml-auto flex flex-wrap gap-2 phone:ml-0">
              {providers.map(({ id, title }) => (
                <Button key={id} icon="link" busy={link.busy} onClick={() => void link.run({ params: { provider: id } })}>
                  Link <bdi>{title}</bdi>
                </Button>
              ))}
              {linked ? (
                <Button kind="danger" onClick={() => setGoing(true)}>
                  Let go of all
                </Button>
              ) : null}
            </span>
          </div>
        )}
      </Answered>
      <FailedLine problem={link.problem} />
      <Confirm open={going} onOpenChange={setGoing} title="Let go of all linked identities" action="Let go" busy={drop.busy} problem={drop.problem} onConfirm={() => void drop.run()}>
        Only your password and passkeys let you in then. Every other session of yours ends.
      </Confirm>
    </section>
  );
}
