"use client";

import { useState } from "react";
import { call, useApi, useCommand } from "@/shared/api";
import { Once } from "@/features/profile/once";
import { counted } from "@/shared/format";
import { useMe } from "@/shared/session";
import { Answered, Badge, Button, Confirm, Dialog, Empty, Facts, FailedLine, Tabs, Time, Typed, download, toast } from "@/shared/ui";
import { accountsOf, RightsFields, type Rights } from "./rights";
import type { User } from "./users";
import { programWords, roleWords, wholeLink } from "./words";

type Act = "lock" | "factors" | "sessions" | "erase";

/** One person: what they may, where they are signed in, their keys, and the acts of an admin. */
export function PersonDialog({ person, mayWrite, close }: { person: User; mayWrite: boolean; close: () => void }): React.ReactElement {
  const [tab, setTab] = useState("rights");
  return (
    <Dialog open onOpenChange={close} title={person.name} width="large" foot={<Button onClick={close}>Close</Button>}>
      <Facts
        items={[
          ["Shown as", person.display ? <Typed key="d">{person.display}</Typed> : "\u2013"],
          ["E-mail", person.email ? <Typed key="e">{person.email}</Typed> : "\u2013"],
          ["State", <span key="s" className="inline-flex gap-1">{person.owner ? <Badge tone="accent">owner</Badge> : null}<Badge tone={person.active ? "gain" : "warn"}>{person.erased ? "erased" : person.active ? "active" : "locked"}</Badge></span>],
          ["Roles", person.roles.map(roleWords).join(", ") || "none"],
          ["Here since", <Time key="m" ns={person.made_ns} />],
          ["Last seen", <Time key="l" ns={person.seen_ns} />],
        ]}
      />
      {mayWrite && !person.erased ? (
        <Tabs
          label={`About ${person.name}`}
          value={tab}
          onChange={setTab}
          tabs={[
            { key: "rights", label: "Rights", content: <RightsOf person={person} close={close} /> },
            { key: "sessions", label: "Sessions", content: <SessionsOf person={person} /> },
            { key: "keys", label: "API keys", content: <KeysOf person={person} /> },
            { key: "acts", label: "Help and remove", content: <Acts person={person} close={close} /> },
          ]}
        />
      ) : null}
    </Dialog>
  );
}

function RightsOf({ person, close }: { person: User; close: () => void }): React.ReactElement {
  const every = person.accounts.includes("*");
  const [rights, setRights] = useState<Rights>({ roles: person.roles, every, accounts: every ? "" : person.accounts.join(", ") });
  const save = useCommand("put", "/api/v1/users/{user}", {
    changes: ["/api/v1/users"],
    onDone: () => {
      toast.done("Their rights are changed", "It holds at once, also where they are signed in.");
      close();
    },
  });
  return (
    <div className="flex flex-col gap-3 pt-3">
      <RightsFields rights={rights} set={setRights} />
      <FailedLine problem={save.problem} />
      <div>
        <Button kind="primary" busy={save.busy} onClick={() => void save.run({ params: { user: person.id }, body: { roles: [...rights.roles], accounts: accountsOf(rights) } })}>
          Save rights
        </Button>
      </div>
    </div>
  );
}

function SessionsOf({ person }: { person: User }): React.ReactElement {
  const sessions = useApi("/api/v1/users/{user}/sessions", { params: { user: person.id }, every_ms: 10_000 });
  const end = useCommand("delete", "/api/v1/users/{user}/sessions", { changes: ["/api/v1/users"], onDone: ({ ended }) => toast.done(`${counted(ended, "sessions")} ended`) });
  return (
    <div className="flex flex-col gap-3 pt-3">
      <Answered of={sessions}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Signed in nowhere" />
          ) : (
            <>
              <ul className="flex flex-col">
                {items.map((one) => (
                  <li key={one.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b py-2">
                    <span title={one.program}><Typed>{programWords(one.program)}</Typed></span>
                    <span className="text-soft">{one.address}</span>
                    <span className="ml-auto text-small text-faint">
                      seen <Time ns={one.seen_ns} detail="minute" />
                    </span>
                  </li>
                ))}
              </ul>
              <div>
                <Button kind="danger" busy={end.busy} onClick={() => void end.run({ params: { user: person.id } })}>
                  End all of them
                </Button>
              </div>
            </>
          )
        }
      </Answered>
      <FailedLine problem={end.problem} />
    </div>
  );
}

function KeysOf({ person }: { person: User }): React.ReactElement {
  const keys = useApi("/api/v1/users/{user}/keys", { params: { user: person.id } });
  const revoke = useCommand("delete", "/api/v1/users/{user}/keys/{key}", { changes: ["/api/v1/users"], onDone: () => toast.done("The key is revoked") });
  return (
    <div className="flex flex-col gap-3 pt-3">
      <Answered of={keys}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No API keys" />
          ) : (
            <ul className="flex flex-col">
              {items.map((one) => (
                <li key={one.key} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b py-2">
                  <Typed>{one.label}</Typed>
                  <span className="min-w-0 text-small text-faint">{one.scopes.join(" ")}</span>
                  <span className="ml-auto text-small text-faint">
                    until <Time ns={one.expires_ns} detail="day" />
                  </span>
                  <Button small kind="danger" onClick={() => void revoke.run({ params: { user: person.id, key: one.key } })} aria-label={`Revoke ${one.label}`}>
                    Revoke
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
      <FailedLine problem={revoke.problem} />
    </div>
  );
}

const ACTS: Record<Act, { title: string; action: string; text: string }> = {
  lock: { title: "Lock the account", action: "Lock it", text: "They are signed out everywhere at once, their keys stop working, and they cannot sign in until you unlock it." },
  factors: { title: "Take their second factor away", action: "Take it away", text: "Authenticator, passkeys and recovery codes stop working. Do this only when you know that it is them who ask." },
  sessions: { title: "End all sessions", action: "End them", text: "They are signed out everywhere, and can sign in again." },
  erase: { title: "Remove this person", action: "Remove and erase", text: "What is personal is erased for good: e-mail, shown name, sessions, keys. What they did stays in the audit log under their user name." },
};

function Acts({ person, close }: { person: User; close: () => void }): React.ReactElement {
  const me = useMe();
  const [asked, setAsked] = useState<Act>();
  const [link, setLink] = useState<string>();
  const done = (words: string) => (): void => {
    setAsked(undefined);
    toast.done(words);
  };
  const changes = ["/api/v1/users"];
  const params = { user: person.id };
  const reset = useCommand("post", "/api/v1/users/{user}/reset", { onDone: (made) => setLink(wholeLink(made.link, location.origin)) });
  const rights = useCommand("put", "/api/v1/users/{user}", { changes, onDone: done(person.active ? "The account is locked" : "The account is open again") });
  const factors = useCommand("post", "/api/v1/users/{user}/factors/reset", { changes, onDone: done("Their second factor is gone") });
  const sessions = useCommand("delete", "/api/v1/users/{user}/sessions", { changes, onDone: done("Their sessions ended") });
  const erase = useCommand("post", "/api/v1/users/{user}/erase", {
    changes,
    onDone: () => {
      toast.done(`${person.name} is removed`);
      close();
    },
  });
  const commands = { lock: rights, factors, sessions, erase };
  const send = (act: Act): void => void (act === "lock" ? rights.run({ params, body: { active: false } }) : act === "factors" ? factors.run({ params }) : act === "sessions" ? sessions.run({ params }) : erase.run({ params }));
  const exported = async (): Promise<void> => {
    try {
      download(`${person.name}.json`, "application/json", JSON.stringify(await call("get", "/api/v1/users/{user}/export", { params }), null, 1));
    } catch (thrown) {
      toast.failed(thrown, false);
    }
  };
  const row = (words: string, hint: string, button: React.ReactNode): React.ReactElement => (
    <li className="flex flex-wrap items-center gap-3 border-b py-2 last:border-b-0">
      <span className="min-w-0 flex-1">
        {words}
        <span className="block text-small text-faint">{hint}</span>
      </span>
      {button}
    </li>
  );
  const self = person.id === me.user;
  return (
    <div className="pt-3">
      <ul className="flex flex-col">
        {row("They forgot their password", "A link to choose another; it works once.", <Button busy={reset.busy} onClick={() => void reset.run({ params })}>Make a reset link</Button>)}
        {row("They lost their phone or key", "They set up a second factor anew.", <Button onClick={() => setAsked("factors")}>Reset second factor</Button>)}
        {row("Somebody else may be signed in", "Every session ends.", <Button onClick={() => setAsked("sessions")}>End all sessions</Button>)}
        {row("Their data", "Everything that is kept of them, as JSON.", <Button icon="download" onClick={() => void exported()}>Export</Button>)}
        {self || person.owner
          ? null
          : row(
              person.active ? "They shall not come in for now" : "The account is locked",
              person.active ? "Can be undone." : "Nobody signs in with it.",
              person.active ? (
                <Button kind="danger" icon="lock" onClick={() => setAsked("lock")}>
                  Lock
                </Button>
              ) : (
                <Button busy={rights.busy} onClick={() => void rights.run({ params, body: { active: true } })}>
                  Unlock
                </Button>
              ),
            )}
        {self || person.owner ? null : row("They leave for good", "Cannot be undone.", <Button kind="danger" onClick={() => setAsked("erase")}>Remove</Button>)}
      </ul>
      <FailedLine problem={reset.problem} />
      {asked ? (
        <Confirm open onOpenChange={() => setAsked(undefined)} title={`${ACTS[asked].title}: ${person.name}`} action={ACTS[asked].action} {...(asked === "erase" ? { word: person.name } : {})} busy={commands[asked].busy} problem={commands[asked].problem} onConfirm={() => send(asked)}>
          {ACTS[asked].text}
        </Confirm>
      ) : null}
      {link ? <Once title="The link is made" about="Hand it over by a way that only they read. It works once." items={[["Link", link]]} close={() => setLink(undefined)} /> : null}
    </div>
  );
}
