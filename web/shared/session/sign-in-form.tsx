"use client";

import { useEffect, useRef, useState } from "react";
import { ask } from "@/shared/api/ask";
import type { DoorState, Me, Step } from "@/shared/api/me";
import { asProblem, type Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/button";
import { PasswordField, TextField } from "@/shared/ui/fields";
import { FailedLine } from "@/shared/ui/states";
import { leaveFor } from "./away";
import { passkeysWork, provePasskey } from "./webauthn";

interface Shape {
  /** Who is asked for; empty: anyone. */
  name?: string;
  doors?: DoorState | undefined;
  /** A sign-in by another door that still needs its second step. */
  second?: { ticket: string; ways: string[] } | undefined;
  onEntered: (me: Me) => void;
}

/** Signing in: password and second factor, a passkey, or a provider that people already have an account with. */
export function SignInForm({ name: given = "", doors, second: begun, onEntered }: Shape): React.ReactElement {
  const [name, setName] = useState(given);
  const [password, setPassword] = useState("");
  const [second, setSecond] = useState<Step["second"]>(begun);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [passkeys, setPasskeys] = useState(false);
  useEffect(() => setPasskeys(passkeysWork()), []);

  const attempt = async (act: () => Promise<Step | undefined>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const step = await act();
      if (step?.me) onEntered(step.me);
      else if (step?.second) setSecond(step.second);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const withPasskey = (ticket?: string): Promise<void> =>
    attempt(async () => {
      const asked = await ask("post", "/api/v1/auth/passkey/options", { body: ticket ? { ticket } : {} });
      const credential = await provePasskey(asked.options);
      return credential ? ask("post", "/api/v1/auth/passkey", { body: { ticket: asked.ticket, credential } }) : undefined;
    });

  if (second) {
    return (
      <SecondStep
        ways={second.ways}
        busy={busy}
        problem={problem}
        onPasskey={() => void withPasskey(second.ticket)}
        onCode={(code) => void attempt(() => ask("post", "/api/v1/auth/second", { body: { ticket: second.ticket, code } }))}
        onBack={() => {
          setSecond(undefined);
          setProblem(undefined);
        }}
      />
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(() => ask("post", "/api/v1/auth/session", { body: { name: name.trim(), password } }));
        }}
      >
        <TextField label="Name" value={name} onChange={setName} autoComplete="username" autoCapitalize="off" spellCheck={false} required readOnly={given !== ""} autoFocus={given === ""} />
        <PasswordField label="Password" value={password} onChange={setPassword} autoComplete="current-password" required autoFocus={given !== ""} />
        <FailedLine problem={problem} />
        <Button kind="primary" type="submit" busy={busy} disabled={!name.trim() || !password}>
          Sign in
        </Button>
      </form>
      {passkeys || doors?.providers.length ? <Or /> : null}
      {passkeys ? (
        <Button icon="key" disabled={busy} onClick={() => void withPasskey()}>
          Sign in with a passkey
        </Button>
      ) : null}
      {doors?.providers.map(({ id, title }) => (
        <Button key={id} icon="link" disabled={busy} onClick={() => void attempt(() => toProvider(id))}>
          Sign in with <bdi>{title}</bdi>
        </Button>
      ))}
    </div>
  );
}

async function toProvider(id: string): Promise<undefined> {
  const { url } = await ask("post", "/api/v1/auth/oidc/{provider}/start", { params: { provider: id } });
  leaveFor(url);
}

function Or(): React.ReactElement {
  return (
    <div className="flex items-center gap-2 text-small text-faint">
      <span className="h-px flex-1 bg-line" />
      or
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

function SecondStep({ ways, busy, problem, onCode, onPasskey, onBack }: { ways: readonly string[]; busy: boolean; problem: Problem | undefined; onCode: (code: string) => void; onPasskey: () => void; onBack: () => void }): React.ReactElement {
  const [recovery, setRecovery] = useState(!ways.includes("totp") && !ways.includes("passkey"));
  const [code, setCode] = useState("");
  const sent = useRef("");
  const coded = ways.includes("totp") || recovery;
  const whole = recovery ? code.trim().length >= 8 : /^\d{6}$/.test(code.replace(/\s/g, ""));
  const send = (text: string): void => {
    sent.current = text;
    onCode(text.trim());
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (whole) send(code);
      }}
    >
      {coded ? (
        <TextField
          key={recovery ? "recovery" : "totp"}
          label={recovery ? "Recovery code" : "Code of your authenticator app"}
          hint={recovery ? "Each code works once." : "Six digits, new every 30 seconds."}
          value={code}
          onChange={(text) => {
            setCode(text);
            const digits = text.replace(/\s/g, "");
            if (!recovery && /^\d{6}$/.test(digits) && digits !== sent.current && !busy) send(digits);
          }}
          inputMode={recovery ? "text" : "numeric"}
          autoComplete="one-time-code"
          autoFocus
          spellCheck={false}
        />
      ) : null}
      <FailedLine problem={problem} />
      {coded ? (
        <Button kind="primary" type="submit" busy={busy} disabled={!whole}>
          Go on
        </Button>
      ) : null}
      {ways.includes("passkey") ? (
        <Button icon="key" disabled={busy} onClick={onPasskey}>
          Use a passkey
        </Button>
      ) : null}
      <div className="flex justify-between gap-2">
        <Button kind="quiet" small onClick={onBack}>
          Back
        </Button>
        {ways.includes("recovery") ? (
          <Button
            kind="quiet"
            small
            onClick={() => {
              setRecovery(!recovery);
              setCode("");
            }}
          >
            {recovery ? "Use the authenticator app" : "Use a recovery code"}
          </Button>
        ) : null}
      </div>
    </form>
  );
}
