"use client";

import { useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { programWords } from "@/features/users/words";
import { useMay } from "@/shared/session";
import { Answered, Badge, Button, Empty, FailedLine, Icon, TextField, Time, Typed, toast, useForm, type Checks } from "@/shared/ui";
import { pushWorks, subscription, type Subscribed } from "./push";

type Facts = Answer<"/api/v1/push", "get">;
const CHANGES = ["/api/v1/push"];

/** Alerts on this browser, also while no page is open; and the switch for everybody. */
export function Notifications(): React.ReactElement {
  const push = useApi("/api/v1/push", { every_ms: 5_000 });
  const mayWrite = useMay("settings:write");
  return (
    <div className="flex max-w-[760px] flex-col gap-6 p-4">
      <Answered of={push}>
        {(facts) => (
          <>
            <Mine facts={facts} />
            {mayWrite ? <Switch key={`${facts.on} ${facts.contact}`} facts={facts} /> : null}
          </>
        )}
      </Answered>
    </div>
  );
}

function Mine({ facts }: { facts: Facts }): React.ReactElement {
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState("");
  const add = useCommand("post", "/api/v1/push/subscriptions", { changes: CHANGES, onDone: () => toast.done("Alerts come to this browser") });
  const remove = useCommand("delete", "/api/v1/push/subscriptions/{subscription}", { changes: CHANGES });
  const test = useCommand("post", "/api/v1/push/test", { changes: CHANGES, onDone: () => toast.note("A test is on its way", "It comes within a few seconds.") });
  const begin = async (): Promise<void> => {
    setRefused("");
    setAsking(true);
    let made: Subscribed | string;
    try {
      made = await subscription(facts.public_key);
    } finally {
      setAsking(false);
    }
    if (typeof made === "string") setRefused(made);
    else await add.run({ body: { ...made, label: programWords(navigator.userAgent) } });
  };
  return (
    <section className="flex flex-col gap-3" aria-label="Your browsers">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="font-strong">Alerts to your browsers</h2>
        <Badge tone={facts.on ? "gain" : "neutral"}>{facts.on ? "on" : "off"}</Badge>
        {facts.on ? (
          <span className="ml-auto flex gap-2 phone:ml-0">
            {facts.items.length > 0 ? (
              <Button busy={test.busy} onClick={() => void test.run()}>
                Send a test
              </Button>
            ) : null}
            <Button kind="primary" icon="bell" disabled={!pushWorks()} busy={asking || add.busy} onClick={() => void begin()}>
              Alert this browser
            </Button>
          </span>
        ) : null}
      </div>
      <p className="text-soft">
        {facts.on
          ? "What somebody should look at comes as a notification, also while no page is open. It goes sealed through the browser's maker, who cannot read it."
          : "Pushes are off for everybody. They go through the makers of browsers, so an admin has to turn them on."}
      </p>
      {facts.on && !pushWorks() ? <p className="text-small text-faint">This browser takes no pushes here. They need localhost or https, and on an iPhone the app on the home screen.</p> : null}
      {facts.on && facts.items.length === 0 ? <Empty title="No browser of yours gets alerts yet" /> : null}
      <ul className="flex flex-col">
        {facts.items.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b py-2">
            <Icon name="bell" />
            <Typed>{one.label || "a browser"}</Typed>
            <span className="text-small text-faint">
              {one.service}, since <Time ns={one.made_ns} detail="day" />
              {one.sent_ns ? (
                <>
                  , last <Time ns={one.sent_ns} detail="minute" />
                </>
              ) : null}
            </span>
            {one.failures > 0 ? (
              <span className="flex items-center gap-1 text-small text-loss">
                <Icon name="warning" /> <Typed>{one.problem}</Typed>
              </span>
            ) : null}
            <Button className="ml-auto" small kind="danger" onClick={() => void remove.run({ params: { subscription: one.id } })} aria-label={`No more alerts to ${one.label}`}>
              Remove
            </Button>
          </li>
        ))}
      </ul>
      {refused ? <p className="text-small text-loss">{refused}</p> : null}
      <FailedLine problem={add.problem ?? remove.problem ?? test.problem} />
    </section>
  );
}

const CONTACT: Checks<{ contact: string }> = ({ contact }) => ({ contact: /^(mailto:[!-~]+@[!-~]+|https:\/\/[!-~]+)$/.test(contact) ? undefined : "mailto:NAME@HOST or https://HOST" });

function Switch({ facts }: { facts: Facts }): React.ReactElement {
  const set = useCommand("put", "/api/v1/settings/push", { changes: CHANGES, onDone: ({ on }) => toast.done(on ? "Pushes are on" : "Pushes are off") });
  const form = useForm({ contact: facts.contact }, CONTACT, set.problem);
  const send = (on: boolean): void => {
    if (form.valid()) void set.run({ body: { on, contact: form.values.contact } });
  };
  return (
    <section className="flex flex-col gap-3 border-t pt-4" aria-label="For everybody">
      <h2 className="font-strong">For everybody here</h2>
      <TextField label="Contact that push services may complain to" {...form.field("contact")} />
      <div className="flex flex-wrap gap-2">
        <Button kind={facts.on ? "plain" : "primary"} busy={set.busy} onClick={() => send(!facts.on)}>
          {facts.on ? "Turn pushes off" : "Turn pushes on"}
        </Button>
        {facts.on && form.dirty ? (
          <Button busy={set.busy} onClick={() => send(true)}>
            Save the contact
          </Button>
        ) : null}
      </div>
      <p className="text-small text-faint">While they are off, nothing of this leaves the machine. On, the gateway connects to the push services of people&apos;s browsers (https, public addresses only).</p>
      <FailedLine problem={set.problem} />
    </section>
  );
}
