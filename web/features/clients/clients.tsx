"use client";

import { useMemo, useState } from "react";
import { Approvals } from "@/features/approvals/approvals";
import { useApi, useCommand, usePages, type Answer } from "@/shared/api";
import { useMay } from "@/shared/session";
import { add, compare } from "@/shared/format";
import { Badge, Button, Card, Count, DataTable, Dialog, Empty, Failed, FailedLine, Figure, Grid, Money, Page, Tabs, TextArea, TextField, Time, toast, Typed, useForm, usePlace, type Checks, type Column } from "@/shared/ui";
import { ClientDetail } from "./client";
import { contactProblem, STATUS } from "./words";

type Client = Answer<"/api/v1/clients", "get">["items"][number];
type Account = Answer<"/api/v1/clients/accounts", "get">["items"][number];
type Row = Client & { worth: string | null; currency: string; orders: number };

/** The broker's view: who trades on the simulated exchange, with what, and what waits for somebody to agree. */
export function Clients(): React.ReactElement {
  const [chosen, choose] = usePlace("id");
  return chosen ? <ClientDetail key={chosen} number={chosen} onBack={() => choose("")} /> : <Overview onOpen={choose} />;
}

function Overview({ onOpen }: { onOpen: (number: string) => void }): React.ReactElement {
  const [tab, setTab] = usePlace("tab", "clients");
  const [making, setMaking] = useState(false);
  const mayWrite = useMay("clients:write");
  const clients = usePages("/api/v1/clients", { query: { limit: 500 } });
  const accounts = useApi("/api/v1/clients/accounts", { every_ms: 10_000 });
  const waiting = useApi("/api/v1/approvals", { query: { pending: true, limit: 500 }, every_ms: 15_000 });
  const money = (waiting.data?.items ?? []).filter(({ kind }) => kind !== "limits");
  const all = accounts.data?.items ?? [];
  return (
    <Page
      title="Clients"
      about="of the simulated exchange"
      actions={
        mayWrite ? (
          <Button icon="plus" kind="primary" onClick={() => setMaking(true)}>
            New client
          </Button>
        ) : undefined
      }
    >
      <Figures clients={clients.rows} accounts={all} waiting={money.length} />
      <Tabs
        label="Clients"
        value={tab}
        onChange={setTab}
        tabs={[
          { key: "clients", label: "Clients", content: <List clients={clients} accounts={all} onOpen={onOpen} onMake={mayWrite ? () => setMaking(true) : undefined} /> },
          { key: "accounts", label: "Accounts", content: <Accounts asked={accounts} rows={all} onOpen={onOpen} /> },
          { key: "money", label: <span className="inline-flex items-center gap-2">Deposits and withdrawals{money.length ? <Badge tone="warn">{money.length} waiting</Badge> : null}</span>, content: <Approvals kinds={["deposit", "withdrawal"]} /> },
        ]}
      />
      {making ? <NewClient onClose={() => setMaking(false)} onDone={onOpen} /> : null}
    </Page>
  );
}

/** What the house earned over all accounts, by asset. */
export function earned(accounts: readonly Account[]): readonly (readonly [string, string])[] {
  const sums = new Map<string, string>();
  for (const { fees } of accounts) for (const [asset, amount] of Object.entries(fees)) sums.set(asset, add(sums.get(asset) ?? "0", amount));
  return [...sums].filter(([, amount]) => compare(amount, "0") !== 0).sort(([a], [b]) => a.localeCompare(b));
}

function Figures({ clients, accounts, waiting }: { clients: readonly Client[]; accounts: readonly Account[]; waiting: number }): React.ReactElement {
  const worth = accounts.reduce((sum, account) => add(sum, account.worth), "0");
  const fees = earned(accounts);
  return (
    <Grid>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Clients" below={<Count value={accounts.length} unit={accounts.length === 1 ? "account" : "accounts"} />}>
          <Count value={clients.length} />
        </Figure>
      </Card>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Held for clients" below="cash and coins at the market">
          <span className="phone:whitespace-normal phone:text-large"><Money value={worth} currency={accounts[0]?.currency} places={2} /></span>
        </Figure>
      </Card>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Fees earned" below={fees.length > 1 ? fees.slice(1).map(([asset, amount]) => `${amount} ${asset}`).join(", ") : "of all their fills"}>
          <span className="phone:whitespace-normal phone:text-large">{fees[0] ? <Money value={fees[0][1]} currency={fees[0][0]} places={6} /> : "\u2013"}</span>
        </Figure>
      </Card>
      <Card span={3} className="phone:!col-span-6">
        <Figure label="Waiting for approval" below="deposits and withdrawals">
          <Count value={waiting} />
        </Figure>
      </Card>
    </Grid>
  );
}

const CLIENTS: readonly Column<Row>[] = [
  { key: "id", title: "No.", value: (row) => Number(row.id), number: true, width: 64 },
  { key: "name", title: "Name", value: (row) => row.name, cell: (row) => <Typed>{row.name}</Typed>, width: 220 },
  { key: "status", title: "Status", value: (row) => row.status, cell: (row) => <Badge tone={STATUS[row.status]}>{row.status}</Badge>, width: 110 },
  { key: "accounts", title: "Accounts", value: (row) => row.accounts.join(", "), wide: true },
  { key: "worth", title: "Worth", number: true, value: (row) => row.worth, cell: (row) => <Money value={row.worth} currency={row.currency} places={2} /> },
  { key: "orders", title: "Open orders", number: true, value: (row) => row.orders, wide: true, width: 120 },
  { key: "created", title: "Since", value: (row) => row.created, cell: (row) => <Time ns={row.created} detail="day" />, width: 150, wide: true },
];

function List({ clients, accounts, onOpen, onMake }: { clients: { rows: readonly Client[]; loading: boolean; problem: unknown; more: boolean; fetchMore: () => void; refetch: () => void }; accounts: readonly Account[]; onOpen: (number: string) => void; onMake: (() => void) | undefined }): React.ReactElement {
  const rows = useMemo(() => clients.rows.map((client) => withWorth(client, accounts)), [clients.rows, accounts]);
  return (
    <div className="pt-3">
      <Card flush>
        <DataTable
          id="clients"
          label="clients"
          rows={rows}
          columns={CLIENTS}
          rowKey={(row) => row.id}
          sort={{ key: "id" }}
          onOpen={(row) => onOpen(row.id)}
          loading={clients.loading}
          problem={clients.problem ?? undefined}
          onRetry={clients.refetch}
          onEnd={clients.more ? clients.fetchMore : undefined}
          height={14}
          empty={<Empty title="No clients yet" action={onMake ? <Button kind="primary" onClick={onMake}>New client</Button> : undefined}>A client has accounts on the simulated exchange and trades there by its own programs, through its API keys.</Empty>}
        />
      </Card>
    </div>
  );
}

function withWorth(client: Client, accounts: readonly Account[]): Row {
  const own = accounts.filter(({ account }) => client.accounts.includes(account));
  return { ...client, worth: own.length ? own.reduce((sum, { worth }) => add(sum, worth), "0") : null, currency: own[0]?.currency ?? "", orders: own.reduce((sum, { open_orders: open }) => sum + open, 0) };
}

const ACCOUNTS: readonly Column<Account>[] = [
  { key: "account", title: "Account", value: (row) => row.account, cell: (row) => <Typed>{row.account}</Typed> },
  { key: "client", title: "Client", value: (row) => row.client, cell: (row) => (row.client ? <span className="number">{Number(row.client)}</span> : <span className="text-faint">none</span>), width: 90 },
  { key: "worth", title: "Worth", number: true, value: (row) => row.worth, cell: (row) => <Money value={row.worth} currency={row.currency} places={2} /> },
  { key: "orders", title: "Open orders", number: true, value: (row) => row.open_orders, width: 120, wide: true },
  { key: "waiting", title: "Set aside", value: (row) => row.waiting.map(({ amount, asset }) => `${amount} ${asset}`).join(", "), wide: true },
  { key: "fees", title: "Fees earned", value: (row) => Object.entries(row.fees).map(([asset, amount]) => `${amount} ${asset}`).join(", "), wide: true },
];

function Accounts({ asked, rows, onOpen }: { asked: { isPending: boolean; error: unknown; refetch: () => unknown }; rows: readonly Account[]; onOpen: (number: string) => void }): React.ReactElement {
  if (asked.error) return <Failed problem={asked.error} retry={() => void asked.refetch()} />;
  return (
    <div className="pt-3">
      <Card flush foot="An account without a client was opened by a program with an API key; open an account of the same name for a client to give it to them.">
        <DataTable id="clients.accounts" label="accounts" rows={rows} columns={ACCOUNTS} rowKey={(row) => row.account} onOpen={(row) => row.client && onOpen(row.client)} loading={asked.isPending} height={14} empty={<Empty title="No accounts yet">The first is opened for a client, or by a program that trades on the exchange.</Empty>} />
      </Card>
    </div>
  );
}

interface Given {
  name: string;
  email: string;
  phone: string;
  address: string;
  notes: string;
}
export const NOBODY: Given = { name: "", email: "", phone: "", address: "", notes: "" };
export const CHECKS: Checks<Given> = ({ name, email, phone }) => ({ name: name.trim() ? undefined : "write a name", ...contactProblem(email, phone) });

function NewClient({ onClose, onDone }: { onClose: () => void; onDone: (number: string) => void }): React.ReactElement {
  const make = useCommand("post", "/api/v1/clients", {
    changes: ["/api/v1/clients"],
    onDone: (client) => {
      toast.done(`Client ${Number(client.id)} is made`, "Open an account next.");
      onClose();
      onDone(client.id);
    },
  });
  const form = useForm(NOBODY, CHECKS, make.problem);
  const send = (): void => {
    if (!form.valid()) return;
    const { name, notes, ...contact } = form.values;
    void make.run({ body: { name: name.trim(), notes, contact } });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New client"
      about="How to reach them is seen only by who may change clients, and can be erased."
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="primary" busy={make.busy} onClick={send}>
            Make client
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
        <TextField label="Name" {...form.field("name")} maxLength={120} autoFocus />
        <TextField label="E-mail" {...form.field("email")} maxLength={254} type="email" />
        <TextField label="Phone" {...form.field("phone")} maxLength={40} />
        <TextField label="Address" {...form.field("address")} maxLength={500} />
        <TextArea label="Notes" {...form.field("notes")} />
        <button type="submit" className="sr-only" tabIndex={-1}>
          Make client
        </button>
      </form>
      <FailedLine problem={make.problem} />
    </Dialog>
  );
}
