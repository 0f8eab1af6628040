"use client";

import { useEffect, useState } from "react";
import { ask } from "@/shared/api/ask";
import type { Me } from "@/shared/api/me";
import { asProblem, type Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { PasswordField } from "@/shared/ui/fields";
import { FailedLine } from "@/shared/ui/states";
import { passkeysWork, provePasskey } from "./webauthn";

/** Before an act with consequences: prove again who you are, by password, code or passkey. */
export function ProveDialog({ open, onProved, onGone }: { open: boolean; onProved: (me: Me) => void; onGone: () => void }): React.ReactElement {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    if (!open) {
      setText("");
      setProblem(undefined);
    }
  }, [open]);
  const attempt = async (proof: () => Promise<Me | undefined>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const me = await proof();
      if (me) onProved(me);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const typed = (): Promise<Me> => ask("post", "/api/v1/auth/confirm", { body: /^\d{6}$/.test(text) ? { code: text } : { password: text } });
  const passkey = async (): Promise<Me | undefined> => {
    const asked = await ask("post", "/api/v1/auth/confirm/options");
    const credential = await provePasskey(asked.options);
    return credential && ask("post", "/api/v1/auth/confirm", { body: { ticket: asked.ticket, credential } });
  };
  return (
    <Dialog open={open} onOpenChange={(next) => (next ? undefined : onGone())} title="Is it you?" about="This changes keys, limits, people or live trading, so it is asked again who you are. It holds for a few minutes.">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (text) void attempt(typed);
        }}
      >
        <PasswordField label="Password, or the six digits of your authenticator app" value={text} onChange={setText} autoComplete="current-password" autoFocus />
        <FailedLine problem={problem} />
        <Button kind="primary" type="submit" busy={busy} disabled={!text}>
          Go on
        </Button>
        {passkeysWork() ? (
          <Button icon="key" disabled={busy} onClick={() => void attempt(passkey)}>
            Use a passkey
          </Button>
        ) : null}
      </form>
    </Dialog>
  );
}
