"use client";

import { useState } from "react";
import { useApi, useCommand, type Answer } from "@/shared/api";
import { Badge, Button, Check, Confirm, DataTable, Dialog, Empty, FailedLine, NumberField, Select, TextField, toast, useForm, type Checks, type Column } from "@/shared/ui";
import { Once } from "@/features/profile/once";
import type { State } from "./exchange";

type Key = Answer<"/api/v1/exchange/keys", "get">["items"][number];
type Made = Answer<"/api/v1/exchange/keys", "post">;

const COLUMNS: readonly Column<Key>[] = [
  { key: "account", title: "Account", width: 160, value: (one) => one.account },
  { key: "key", title: "Key", width: 260, value: (one) => one.key, cell: (one) => <code title={one.key}>{`${one.key.slice(0, 12)}\u2026`}</code> },
  { key: "may", title: "May", width: 120, value: (one) => (one.may_trade ? "trade" : "look"), cell: (one) => <Badge tone={one.may_trade ? "accent" : "neutral"}>{one.may_trade ? "trade" : "look only"}</Badge> },
];
const ACCOUNT = /^[A-Za-z0-9_-]{1,40}$/;

/** Keys of those who trade from outside, and money for them. */
export function ExchangeKeys({ state, mayWrite }: { state: State; mayWrite: boolean }): React.ReactElement {
  const keys = useApi("/api/v1/exchange/keys");
  const [adding, setAdding] = useState(false);
  const [funding, setFunding] = useState(false);
  const [going, setGoing] = useState<Key>();
  const remove = useCommand("delete", "/api/v1/exchange/keys/{key}", { changes: ["/api/v1/exchange/keys"], onDone: () => setGoing(undefined) });
  return (
    <>
      <DataTable
        id="exchange-keys"
        label="keys"
        rows={keys.data?.items ?? []}
        columns={COLUMNS}
        rowKey={(one) => one.key}
        loading={keys.isPending}
        problem={keys.error}
        onRetry={() => void keys.refetch()}
        tools={
          mayWrite ? (
            <div className="flex gap-2">
              <Button icon="key" onClick={() => setAdding(true)}>
                Make a key
              </Button>
              {state.accounts.length > 0 ? <Button onClick={() => setFunding(true)}>Test funds</Button> : null}
            </div>
          ) : undefined
        }
        acts={(one) =>
          mayWrite ? (
            <Button small kind="danger" onClick={() => setGoing(one)} aria-label={`Revoke the key of ${one.account}`}>
              Revoke
            </Button>
          ) : null
        }
        empty={<Empty title="Nobody trades from outside">Make a key: it opens an account of its own.</Empty>}
      />
      {adding ? <Make close={() => setAdding(false)} /> : null}
      {funding ? <Fund state={state} close={() => setFunding(false)} /> : null}
      <Confirm
        open={going !== undefined}
        onOpenChange={() => setGoing(undefined)}
        title="Revoke this key"
        action="Revoke it"
        busy={remove.busy}
        problem={remove.problem}
        onConfirm={() => going && void remove.run({ params: { key: going.key } })}
      >
        Who uses it is refused at once. The account {going?.account} and its orders stay.
      </Confirm>
    </>
  );
}

const KEY: Checks<{ account: string }> = ({ account }) => ({ account: ACCOUNT.test(account) ? undefined : "letters, digits, - and _, at most 40" });

function Make({ close }: { close: () => void }): React.ReactElement {
  const [made, setMade] = useState<Made>();
  const [mayTrade, setMayTrade] = useState(true);
  const make = useCommand("post", "/api/v1/exchange/keys", { changes: ["/api/v1/exchange"], onDone: setMade });
  const form = useForm({ account: "bot-1" }, KEY, make.problem);
  if (made) {
    return <Once title="The key is made" items={[["API key", made.key], ["Secret", made.secret]]} close={close} />;
  }
  const send = (): void => {
    if (form.valid()) void make.run({ body: { account: form.values.account, may_trade: mayTrade } });
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Make a key"
      about="For a bot on the port. An account that is new is opened, without money."
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" icon="key" busy={make.busy} onClick={send}>
            Make it
          </Button>
        </>
      }
    >
      <TextField label="Account" {...form.field("account")} />
      <Check label="It may trade" hint="Without this it only looks." value={mayTrade} onChange={setMayTrade} />
      <FailedLine problem={make.problem} />
    </Dialog>
  );
}

const FUNDS: Checks<{ account: string; asset: string; amount: string }> = ({ amount }) => ({
  amount: /^\d{1,10}(\.\d{1,8})?$/.test(amount) && /[1-9]/.test(amount) ? undefined : "above 0, with at most 8 decimals",
});

function Fund({ state, close }: { state: State; close: () => void }): React.ReactElement {
  const fund = useCommand("post", "/api/v1/exchange/faucet", {
    changes: ["/api/v1/exchange", "/api/v1/clients"],
    onDone: ({ account, asset, free }) => {
      toast.done(`${account} has ${free} ${asset} free`);
      close();
    },
  });
  const form = useForm({ account: state.accounts[0] ?? "", asset: state.assets.includes("USDT") ? "USDT" : (state.assets[0] ?? ""), amount: "10000" }, FUNDS, fund.problem);
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Test funds"
      about="Money out of nothing, for an account of the simulated exchange."
      foot={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button kind="primary" busy={fund.busy} onClick={() => form.valid() && void fund.run({ body: form.values })}>
            Bring them in
          </Button>
        </>
      }
    >
      <Select label="Account" options={state.accounts.map((one) => [one, one] as const)} {...form.field("account")} />
      <Select label="Asset" options={state.assets.map((one) => [one, one] as const)} {...form.field("asset")} />
      <NumberField label="Amount" unit={form.values.asset} {...form.field("amount")} />
      <FailedLine problem={fund.problem} />
    </Dialog>
  );
}
