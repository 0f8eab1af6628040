"use client";

import { useState } from "react";
import { call, useCommand } from "@/shared/api";
import { useMe, useSession } from "@/shared/session";
import { Button, Confirm, download, toast } from "@/shared/ui";

/** What is kept of one, to take along or to be erased. */
export function Leaving(): React.ReactElement {
  const me = useMe();
  const { again } = useSession();
  const [sure, setSure] = useState(false);
  const erase = useCommand("post", "/api/v1/profile/erase", { onDone: () => void again() });
  const take = async (): Promise<void> => {
    try {
      download(`parrot-${me.name}.json`, "application/json", JSON.stringify(await call("get", "/api/v1/profile/export"), null, 1));
    } catch (thrown) {
      toast.failed(thrown, false);
    }
  };
  return (
    <div className="flex max-w-[720px] flex-col gap-4 p-4">
      <section className="flex flex-wrap items-center gap-3" aria-label="Export">
        <span className="min-w-0 flex-1">
          Take your data along
          <span className="block text-small text-faint">Everything that is kept of you, as one JSON file: profile, sessions, keys without secrets, what you did.</span>
        </span>
        <Button icon="download" onClick={() => void take()}>
          Export
        </Button>
      </section>
      <section className="flex flex-wrap items-center gap-3 border-t pt-4" aria-label="Erase">
        <span className="min-w-0 flex-1">
          Leave, and be erased
          <span className="block text-small text-faint">{me.owner ? "The owner cannot leave: hand the house over first." : "E-mail, shown name, sessions and keys are erased for good. What you did stays in the audit log under your user name."}</span>
        </span>
        <Button kind="danger" disabled={me.owner} onClick={() => setSure(true)}>
          Erase me
        </Button>
      </section>
      <Confirm open={sure} onOpenChange={setSure} title="Erase your account" action="Erase it" word={me.name} busy={erase.busy} problem={erase.problem} onConfirm={() => void erase.run()}>
        You are signed out everywhere and cannot sign in again. This cannot be undone.
      </Confirm>
    </div>
  );
}
