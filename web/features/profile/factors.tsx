"use client";

import { useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { makePasskey, passkeysWork, useMe, useSession } from "@/shared/session";
import { Answered, Badge, Button, Confirm, Dialog, FailedLine, Icon, TextField, Time, Typed, toast, useForm, type Checks } from "@/shared/ui";
import { Once } from "./once";

type Enrolment = Answer<"/api/v1/profile/totp", "post">;
type Passkey = Answer<"/api/v1/profile/passkeys", "get">["items"][number];
const CHANGES = ["/api/v1/profile"];

/** Authenticator, passkeys, recovery codes. */
export function Factors(): React.ReactElement {
  const me = useMe();
  const { entered } = useSession();
  const factors = useApi("/api/v1/profile/factors");
  const [enrolling, setEnrolling] = useState<Enrolment>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [going, setGoing] = useState(false);
  const begin = useCommand("post", "/api/v1/profile/totp", { onDone: setEnrolling });
  const remove = useCommand("delete", "/api/v1/profile/totp", {
    changes: CHANGES,
    onDone: (answer) => {
      entered(answer);
      setGoing(false);
      toast.done("The authenticator is taken away");
    },
  });
  const recovery = useCommand("post", "/api/v1/profile/recovery", {
    changes: CHANGES,
    onDone: (answer) => {
      entered(answer.me);
      setCodes(answer.recovery_codes);
    },
  });
  return (
    <div className="flex flex-col gap-4 p-4">
      {me.must_enrol || me.should_enrol ? (
        <p className="flex max-w-[70ch] gap-2 rounded border border-warn bg-warn-wash p-3">
          <Icon name="lock" />
          <span>{me.must_enrol ? "Your role needs a second factor. Set one up to go on." : "Your role is asked for a second factor: with it a stolen password is not enough."}</span>
        </p>
      ) : null}
      <section className="flex flex-col gap-2" aria-label="Authenticator">
        <h2 className="font-strong">Authenticator app</h2>
        <Answered of={factors} rows={2}>
          {(found) => (
            <div className="flex flex-wrap items-center gap-3">
              <Badge tone={found.totp ? "gain" : "neutral"}>{found.totp ? "on" : "off"}</Badge>
              <span className="min-w-0 text-soft">{found.totp ? `Asked for at sign-in. ${found.recovery_left} recovery codes are left.` : "Six digits that change every half minute, from an app on your phone."}</span>
              <span className="ml-auto flex flex-wrap gap-2 phone:ml-0">
                {found.totp || found.passkeys > 0 ? (
                  <Button busy={recovery.busy} onClick={() => void recovery.run()}>
                    New recovery codes
                  </Button>
                ) : null}
                {found.totp ? (
                  <Button kind="danger" onClick={() => setGoing(true)}>
                    Take it away
                  </Button>
                ) : (
                  <Button kind="primary" busy={begin.busy} onClick={() => void begin.run()}>
                    Set up
                  </Button>
                )}
              </span>
            </div>
          )}
        </Answered>
        <FailedLine problem={begin.problem ?? recovery.problem} />
      </section>
      <Passkeys made={setCodes} />
      {enrolling ? (
        <Enrol
          enrolment={enrolling}
          close={() => setEnrolling(undefined)}
          done={(recoveryCodes) => {
            setEnrolling(undefined);
            setCodes(recoveryCodes);
          }}
        />
      ) : null}
      {codes && codes.length > 0 ? <Once title="Recovery codes" about="Each lets you in once when your phone or key is gone. Keep them where your password is not. They are shown here once." items={[["Codes", codes.join("\n")]]} file="parrot-recovery-codes.txt" close={() => setCodes(undefined)} /> : null}
      <Confirm open={going} onOpenChange={setGoing} title="Take the authenticator away" action="Take it away" busy={remove.busy} problem={remove.problem} onConfirm={() => void remove.run()}>
        Your password alone will let you in, unless you have a passkey.
      </Confirm>
    </div>
  );
}

const CODE: Checks<{ code: string }> = ({ code }) => ({ code: /^\d{6}$/.test(code.replace(/\s/g, "")) ? undefined : "six digits" });

function Enrol({ enrolment, close, done }: { enrolment: Enrolment; close: () => void; done: (codes: readonly string[]) => void }): React.ReactElement {
  const { entered } = useSession();
  const finish = useCommand("post", "/api/v1/profile/totp/confirm", {
    changes: CHANGES,
    onDone: (answer) => {
      entered(answer.me);
      done(answer.recovery_codes);
    },
  });
  const form = useForm({ code: "" }, CODE, finish.problem);
  const send = (): void => {
    if (form.valid()) void finish.run({ body: { ticket: enrolment.ticket, code: form.values.code.replace(/\s/g, "") } });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Set up the authenticator"
      about="Scan the code with your app, or type the key into it. Then type the six digits that it shows."
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" busy={finish.busy} onClick={send}>
            Turn it on
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {/* The picture is the server's own; as an image nothing in it can run. */}
        <img className="mx-auto size-48 rounded bg-[white] p-2" alt="QR code of the key below" src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(enrolment.svg)}`} />
        <code className="break-all rounded border bg-ground p-2 text-center">{enrolment.secret}</code>
        <TextField label="Six digits" inputMode="numeric" autoComplete="one-time-code" maxLength={7} {...form.field("code")} />
        <FailedLine problem={finish.problem} />
      </form>
    </Dialog>
  );
}

function Passkeys({ made }: { made: (codes: readonly string[]) => void }): React.ReactElement {
  const { entered } = useSession();
  const passkeys = useApi("/api/v1/profile/passkeys");
  const [going, setGoing] = useState<Passkey>();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const options = useCommand("post", "/api/v1/profile/passkeys/options");
  const keep = useCommand("post", "/api/v1/profile/passkeys", {
    changes: CHANGES,
    onDone: (answer) => {
      entered(answer.me);
      toast.done("The passkey is kept");
      made(answer.recovery_codes);
    },
  });
  const remove = useCommand("delete", "/api/v1/profile/passkeys/{passkey}", { changes: CHANGES, onDone: () => setGoing(undefined) });
  const add = async (): Promise<void> => {
    setProblem(undefined);
    const offered = await options.run();
    if (!offered) return;
    setAsking(true);
    try {
      const credential = await makePasskey(offered.options as Record<string, unknown>);
      if (credential) await keep.run({ body: { ticket: offered.ticket, name: nameOfThis(), credential: credential as Record<string, unknown> } });
    } catch (thrown) {
      setProblem(thrown instanceof Error ? thrown.message : "the passkey was not made");
    } finally {
      setAsking(false);
    }
  };
  return (
    <section className="flex flex-col gap-2 border-t pt-4" aria-label="Passkeys">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="font-strong">Passkeys</h2>
        <span className="text-soft">Fingerprint, face or a security key instead of a password.</span>
        <Button className="ml-auto phone:ml-0" icon="key" disabled={!passkeysWork()} busy={options.busy || asking || keep.busy} onClick={() => void add()}>
          Add a passkey
        </Button>
      </div>
      {passkeysWork() ? null : <p className="text-small text-faint">This browser or address cannot use passkeys: they need a name such as localhost, or https.</p>}
      <Answered of={passkeys} rows={2}>
        {({ items }) => (
          <ul className="flex flex-col">
            {items.map((one) => (
              <li key={one.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t py-2">
                <Icon name="key" />
                <Typed>{one.name}</Typed>
                <span className="text-small text-faint">
                  made <Time ns={one.made_ns} detail="day" />
                  {one.used_ns ? (
                    <>
                      , used <Time ns={one.used_ns} detail="minute" />
                    </>
                  ) : null}
                </span>
                <Button className="ml-auto" small kind="danger" onClick={() => setGoing(one)} aria-label={`Remove ${one.name}`}>
                  Remove
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Answered>
      <FailedLine problem={options.problem ?? keep.problem} />
      {problem ? <p className="text-small text-loss">{problem}</p> : null}
      <Confirm open={going !== undefined} onOpenChange={() => setGoing(undefined)} title={`Remove the passkey ${going?.name ?? ""}`} action="Remove it" busy={remove.busy} problem={remove.problem} onConfirm={() => going && void remove.run({ params: { passkey: going.id } })}>
        It no longer lets you in. Remove it from the device as well.
      </Confirm>
    </section>
  );
}

/** What a new passkey is called: the system that it is made on. */
function nameOfThis(): string {
  const found = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(navigator.userAgent)?.[1] ?? "this device";
  return `${found === "Mac OS X" ? "Mac" : found}, ${new Date().toISOString().slice(0, 10)}`;
}
