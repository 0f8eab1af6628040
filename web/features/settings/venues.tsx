"use client";

import { useId, useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { useMay } from "@/shared/session";
import { Badge, Button, Check, Confirm, DataTable, Dialog, Empty, FailedLine, Icon, NumberField, PasswordField, Select, TextArea, TextField, Typed, copyText, toast, useForm, type Checks, type Column, type Tone } from "@/shared/ui";

type Venue = Answer<"/api/v1/settings/venues", "get">["items"][number];
type Findings = Answer<"/api/v1/settings/venues/{name}/test", "post">;
type Plan = Answer<"/api/v1/settings/live", "post">;

const COLUMNS: readonly Column<Venue>[] = [
  { key: "name", title: "Name", width: 160, value: (one) => one.name },
  { key: "exchange", title: "Exchange", width: 140, value: (one) => one.exchange },
  { key: "keys", title: "Keys", width: 120, value: (one) => (one.keys ? "sealed" : "none"), cell: (one) => <Badge tone={one.keys ? "gain" : "neutral"}>{one.keys ? "sealed" : "none"}</Badge> },
  { key: "used", title: "Used", width: 130, value: (one) => (one.used ? "trades here" : ""), cell: (one) => (one.used ? <Badge tone="accent">trades here</Badge> : "\u2013") },
  { key: "options", title: "Options", width: 220, value: (one) => Object.entries(one.options).map(([key, value]) => `${key}=${value}`).join(" "), wide: true },
];

/** Real venues: their keys go in and are never shown again. */
export function Venues(): React.ReactElement {
  const venues = useApi("/api/v1/settings/venues");
  const mayWrite = useMay("settings:write");
  const mayLive = useMay("live:write");
  const [adding, setAdding] = useState(false);
  const [looked, setLooked] = useState<Venue>();
  const [living, setLiving] = useState(false);
  const [going, setGoing] = useState<Venue>();
  const remove = useCommand("delete", "/api/v1/settings/venues/{name}", {
    changes: ["/api/v1/settings"],
    onDone: () => {
      setGoing(undefined);
      toast.note("Its keys are gone from here", "Revoke them at the venue as well.");
    },
  });
  const rows = venues.data?.items ?? [];
  return (
    <div className="flex flex-col">
      <DataTable
        id="venues"
        label="venues"
        height={8}
        rows={rows}
        columns={COLUMNS}
        rowKey={(one) => one.name}
        loading={venues.isPending}
        problem={venues.error}
        onRetry={() => void venues.refetch()}
        {...(mayWrite ? { onOpen: setLooked } : {})}
        tools={
          <div className="flex gap-2">
            {mayWrite ? (
              <Button icon="plus" onClick={() => setAdding(true)}>
                Add a venue
              </Button>
            ) : null}
            {mayLive && rows.some(({ keys }) => keys) ? <Button onClick={() => setLiving(true)}>Go live</Button> : null}
          </div>
        }
        acts={(one) =>
          mayWrite ? (
            <Button small kind="danger" disabled={one.used} onClick={() => setGoing(one)} aria-label={`Remove ${one.name}`}>
              Remove
            </Button>
          ) : null
        }
        empty={<Empty title="No venue was added">Everything here runs on the simulated exchange, without any key. Add a venue to trade on paper on its market, or live.</Empty>}
      />
      {adding ? <Add exchanges={venues.data?.exchanges ?? []} close={() => setAdding(false)} /> : null}
      {looked ? <Look venue={looked} close={() => setLooked(undefined)} /> : null}
      {living ? <Live venues={rows.filter(({ keys }) => keys)} close={() => setLiving(false)} /> : null}
      <Confirm open={going !== undefined} onOpenChange={() => setGoing(undefined)} title={`Remove ${going?.name ?? ""}`} action="Remove it" {...(going ? { word: going.name } : {})} busy={remove.busy} problem={remove.problem} onConfirm={() => going && void remove.run({ params: { name: going.name } })}>
        The connection and its sealed keys go and cannot be brought back. Orders at the venue stay: end them there.
      </Confirm>
    </div>
  );
}

interface New {
  name: string;
  exchange: string;
  key: string;
  secret: string;
  passphrase: string;
}

const NEW: Checks<New> = ({ name, exchange, key, secret, passphrase }) => ({
  name: /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 40 ? undefined : "small letters, digits and - between them, at most 40",
  exchange: /^[a-z0-9_]+$/.test(exchange) ? undefined : "alpaca, or an id of ccxt such as kraken",
  key: key !== "" && key.length < 4 ? "a line of 4 characters or more" : key === "" && (secret || passphrase) ? "a key and its secret" : undefined,
  secret: secret !== "" && secret.length < 4 ? "a line of 4 characters or more" : key !== "" && secret === "" ? "a key and its secret" : undefined,
});

function Add({ exchanges, close }: { exchanges: readonly string[]; close: () => void }): React.ReactElement {
  const list = useId();
  const [sandbox, setSandbox] = useState(false);
  const add = useCommand("post", "/api/v1/settings/venues", {
    changes: ["/api/v1/settings"],
    onDone: () => {
      toast.done("The venue is added", "Its keys are sealed.");
      close();
    },
  });
  const form = useForm<New>({ name: "", exchange: "kraken", key: "", secret: "", passphrase: "" }, NEW, add.problem);
  const send = (): void => {
    if (form.valid()) void add.run({ body: { ...form.values, options: sandbox ? { sandbox: "true" } : {}, replace: false } });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Add a venue"
      about="Give the key no right to withdraw, and let it be used from this machine's address only. Without a key the venue is only read."
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" busy={add.busy} onClick={send}>
            Seal the keys and add it
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-2 gap-3">
        <TextField label="Your name for it" placeholder="kraken-main" {...form.field("name")} />
        <TextField label="Exchange" list={list} {...form.field("exchange")} />
      </div>
      <datalist id={list}>
        {exchanges.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <PasswordField label="API key" autoComplete="off" {...form.field("key")} />
      <PasswordField label="Secret" autoComplete="off" {...form.field("secret")} />
      <PasswordField label="Passphrase, where the venue has one" autoComplete="off" {...form.field("passphrase")} />
      <Check label="Its sandbox" hint="The venue's test system, where it has one." value={sandbox} onChange={setSandbox} />
      <FailedLine problem={add.problem} />
    </Dialog>
  );
}

const SIGNS: Record<string, readonly [string, Tone]> = { ok: ["fine", "gain"], warn: ["look", "warn"], fail: ["in the way", "loss"], skip: ["not looked at", "neutral"] };

function Look({ venue, close }: { venue: Venue; close: () => void }): React.ReactElement {
  const look = useCommand("post", "/api/v1/settings/venues/{name}/test");
  const found: Findings | undefined = look.answer;
  return (
    <Dialog
      open
      onOpenChange={close}
      title={venue.name}
      width="medium"
      about="A look at the venue without trading: does it answer, do clocks agree, what may the key do."
      foot={
        <>
          <Button onClick={close}>Close</Button>
          <Button kind="primary" busy={look.busy} onClick={() => void look.run({ params: { name: venue.name }, body: { symbols: [] } })}>
            {found ? "Look again" : "Look at it"}
          </Button>
        </>
      }
    >
      <div aria-live="polite" className="flex flex-col gap-2">
        {found ? <Badge tone={found.passed ? "gain" : "loss"}>{found.passed ? "It can be traded on" : "Something is in the way"}</Badge> : null}
        <ul className="flex flex-col gap-1">
          {(found?.findings ?? []).map((one, index) => {
            const [words, tone] = SIGNS[one.verdict] ?? [one.verdict, "neutral"];
            return (
              <li key={index} className="grid grid-cols-[110px_120px_minmax(0,1fr)] items-start gap-2 border-b py-1 last:border-b-0">
                <span className="font-strong">{one.what}</span>
                <span>
                  <Badge tone={tone}>{words}</Badge>
                </span>
                <Typed>{one.text}</Typed>
              </li>
            );
          })}
        </ul>
      </div>
      <FailedLine problem={look.problem} writes={false} />
    </Dialog>
  );
}

interface Going {
  name: string;
  symbols: string;
  acknowledge: string;
  max_order_value: string;
  max_position_value: string;
  max_daily_loss: string;
}

const amount = (text: string): string | undefined => (/^\d{1,14}(\.\d{1,18})?$/.test(text) && /[1-9]/.test(text) ? undefined : "an amount above 0");
const GOING: Checks<Going> = ({ name, symbols, acknowledge, max_order_value, max_position_value, max_daily_loss }) => ({
  symbols: symbols.split(",").some((one) => one.trim()) ? undefined : "one or more, such as BTC/USDT",
  acknowledge: acknowledge === `live on ${name}` ? undefined : `type: live on ${name}`,
  max_order_value: amount(max_order_value),
  max_position_value: amount(max_position_value),
  max_daily_loss: amount(max_daily_loss),
});

function Live({ venues, close }: { venues: readonly Venue[]; close: () => void }): React.ReactElement {
  const [plan, setPlan] = useState<Plan>();
  const ask = useCommand("post", "/api/v1/settings/live", { onDone: setPlan });
  const form = useForm<Going>({ name: venues[0]?.name ?? "", symbols: "BTC/USDT", acknowledge: "", max_order_value: "200", max_position_value: "500", max_daily_loss: "100" }, GOING, ask.problem);
  if (plan) return <Planned plan={plan} close={close} />;
  const send = (): void => {
    if (!form.valid()) return;
    const symbols = form.values.symbols.split(",").map((one) => one.trim()).filter(Boolean);
    void ask.run({ body: { ...form.values, symbols } });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Go live"
      width="medium"
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="danger" busy={ask.busy} onClick={send}>
            Show what to write
          </Button>
        </>
      }
    >
      <p className="flex gap-2 rounded border border-warn bg-warn-wash p-3">
        <Icon name="warning" />
        <span>Live orders cost real money. Nothing is changed here: you get the settings of a directory of its own, with limits, and start it yourself.</span>
      </p>
      <div className="grid grid-cols-2 gap-3">
        <Select label="Venue" options={venues.map(({ name }) => [name, name] as const)} {...form.field("name")} />
        <TextField label="Symbols, with commas" {...form.field("symbols")} />
        <NumberField label="Largest order, worth" {...form.field("max_order_value")} />
        <NumberField label="All positions, worth" {...form.field("max_position_value")} />
        <NumberField label="Loss of a day that halts it" {...form.field("max_daily_loss")} />
        <TextField label={`Type: live on ${form.values.name}`} autoComplete="off" {...form.field("acknowledge")} />
      </div>
      <FailedLine problem={ask.problem} />
    </Dialog>
  );
}

function Planned({ plan, close }: { plan: Plan; close: () => void }): React.ReactElement {
  const copy = async (text: string): Promise<void> => {
    if (await copyText(text)) toast.done("Copied");
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="What to write"
      width="medium"
      foot={
        <>
          <Button icon="copy" onClick={() => void copy(plan.settings)}>
            Copy the settings
          </Button>
          <Button kind="primary" onClick={close}>
            Done
          </Button>
        </>
      }
    >
      <TextArea label="settings.toml" code rows={12} value={plan.settings} onChange={() => undefined} />
      <ol className="flex list-decimal flex-col gap-1 pl-5">
        {plan.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <code className="break-all rounded border bg-ground p-2">{plan.command}</code>
    </Dialog>
  );
}
