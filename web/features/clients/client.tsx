"use client";

import { useState } from "react";
import { Approvals } from "@/features/approvals/approvals";
import { useApi, useCommand, usePages, type Answer } from "@/shared/api";
import { useMay } from "@/shared/session";
import { Answered, Badge, Button, Card, Confirm, DataTable, Dialog, Empty, Facts, FailedLine, Page, Select, Tabs, TextArea, TextField, Time, toast, Typed, useForm, usePlace, type Checks, type Column } from "@/shared/ui";
import { AccountView, ClientOrders, ClientTrades } from "./account";
import { accountProblem, contactProblem, STATUS } from "./words";

type Client = Answer<"/api/v1/clients/{number}", "get">;
type Act = Answer<"/api/v1/clients/{number}/activity", "get">["items"][number];

const ACTS: readonly Column<Act>[] = [
  { key: "ts", title: "Time", value: (row) => row.ts, cell: (row) => <Time ns={row.ts} />, width: 210 },
  { key: "who", title: "Who", value: (row) => row.who, cell: (row) => <Typed>{row.who}</Typed>, width: 140 },
  { key: "what", title: "What", value: (row) => row.what, width: 180 },
  { key: "about", title: "About", value: about, cell: (row) => <Typed>{about(row)}</Typed>, width: 420, wide: true },
];

function about(row: Act): string {
  return Object.entries(row.about).map(([name, text]) => `${name} ${text}`).join(", ");
}

/** One client: its accounts, orders, trades, money and what was done for it. */
export function ClientDetail({ number, onBack }: { number: string; onBack: () => void }): React.ReactElement {
  const asked = useApi("/api/v1/clients/{number}", { params: { number } });
  return (
    <Page title={asked.data?.name ?? "Client"} about={asked.data ? <Badge tone={STATUS[asked.data.status]}>{asked.data.status}</Badge> : undefined} actions={<Button icon="left" onClick={onBack}>All clients</Button>}>
      <Answered of={asked}>{(client) => <Whole client={client} />}</Answered>
    </Page>
  );
}

function Whole({ client }: { client: Client }): React.ReactElement {
  const [tab, setTab] = usePlace("view", "accounts");
  const [account, setAccount] = usePlace("account", client.accounts[0] ?? "");
  const [act, setAct] = useState<"change" | "open" | "erase">();
  const mayWrite = useMay("clients:write") && !client.erased;
  const none = <Empty title="No account yet" action={mayWrite && client.status === "active" ? <Button kind="primary" onClick={() => setAct("open")}>Open an account</Button> : undefined}>An account on the simulated exchange holds money and coins, and trades by API keys.</Empty>;
  const chooser = client.accounts.length > 1 ? <Select bare label="Account" value={account} onChange={setAccount} options={client.accounts.map((name) => [name, name] as const)} /> : undefined;
  return (
    <>
      <Tabs
        label="Client"
        value={tab}
        onChange={setTab}
        actions={chooser}
        tabs={[
          { key: "accounts", label: "Balances", content: account ? <AccountView account={account} client={client} /> : none },
          { key: "orders", label: "Orders", content: account ? <ClientOrders account={account} /> : none },
          { key: "trades", label: "Trades", content: account ? <ClientTrades account={account} /> : none },
          { key: "money", label: "Deposits and withdrawals", content: <Approvals kinds={["deposit", "withdrawal"]} subject={client.accounts} /> },
          { key: "about", label: "About", content: <About client={client} onAct={mayWrite ? setAct : undefined} /> },
          { key: "activity", label: "Activity", content: <Activity number={client.id} /> },
        ]}
      />
      {act === "change" ? <ChangeClient client={client} onClose={() => setAct(undefined)} /> : null}
      {act === "open" ? <OpenAccount client={client} onClose={() => setAct(undefined)} onDone={setAccount} /> : null}
      {act === "erase" ? <Erase client={client} onClose={() => setAct(undefined)} /> : null}
    </>
  );
}

function About({ client, onAct }: { client: Client; onAct: ((act: "change" | "open" | "erase") => void) | undefined }): React.ReactElement {
  const hidden = <span className="text-faint">not shown to you</span>;
  const text = (value: string | undefined): React.ReactNode => (client.contact === null ? hidden : value ? <Typed>{value}</Typed> : "\u2013");
  return (
    <div className="pt-3">
      <Card
        className="max-w-[720px]"
        title={`Client ${Number(client.id)}`}
        actions={
          onAct ? (
            <>
              <Button small onClick={() => onAct("change")}>Change</Button>
              <Button small disabled={client.status !== "active"} onClick={() => onAct("open")}>Open an account</Button>
              <Button small kind="danger" onClick={() => onAct("erase")}>Erase</Button>
            </>
          ) : undefined
        }
      >
        <Facts
          items={[
            ["Name", <Typed key="name">{client.name}</Typed>],
            ["Status", <Badge key="status" tone={STATUS[client.status]}>{client.status}</Badge>],
            ["Accounts", client.accounts.join(", ") || "\u2013"],
            ["E-mail", text(client.contact?.email)],
            ["Phone", text(client.contact?.phone)],
            ["Address", text(client.contact?.address)],
            ["Notes", client.notes === null ? hidden : client.notes ? <Typed key="notes">{client.notes}</Typed> : "\u2013"],
            ["Since", <Time key="created" ns={client.created} />],
            ["Last changed", <Time key="updated" ns={client.updated} />],
          ]}
        />
      </Card>
    </div>
  );
}

function Activity({ number }: { number: string }): React.ReactElement {
  const acts = usePages("/api/v1/clients/{number}/activity", { params: { number }, query: { limit: 200 } });
  return (
    <div className="pt-3">
      <Card flush>
        <DataTable id="client.activity" label="acts" rows={acts.rows} columns={ACTS} rowKey={(row) => String(row.number)} loading={acts.loading} problem={acts.problem} onRetry={acts.refetch} onEnd={acts.more ? acts.fetchMore : undefined} height={14} empty={<Empty title="Nothing was done yet" />} />
      </Card>
    </div>
  );
}

interface Given {
  name: string;
  status: Client["status"];
  email: string;
  phone: string;
  address: string;
  notes: string;
}
const CHECKS: Checks<Given> = ({ name, email, phone }) => ({ name: name.trim() ? undefined : "write a name", ...contactProblem(email, phone) });
const STATUSES = [
  ["active", "Active"],
  ["suspended", "Suspended: no deposits and withdrawals"],
  ["closed", "Closed"],
] as const;

function ChangeClient({ client, onClose }: { client: Client; onClose: () => void }): React.ReactElement {
  const change = useCommand("put", "/api/v1/clients/{number}", {
    changes: ["/api/v1/clients"],
    onDone: () => {
      toast.done("The client is changed");
      onClose();
    },
  });
  const [first] = useState<Given>({ name: client.name, status: client.status, email: client.contact?.email ?? "", phone: client.contact?.phone ?? "", address: client.contact?.address ?? "", notes: client.notes ?? "" });
  const form = useForm(first, CHECKS, change.problem);
  const send = (): void => {
    if (!form.valid()) return;
    const { name, status, notes, ...contact } = form.values;
    void change.run({ params: { number: client.id }, body: { name: name.trim(), status, notes, contact, version: client.version } });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Change client ${Number(client.id)}`} foot={<><Button onClick={onClose}>Leave it</Button><Button kind="primary" busy={change.busy} disabled={!form.dirty} onClick={send}>Change client</Button></>}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField label="Name" {...form.field("name")} maxLength={120} />
        <Select label="Status" {...form.field("status")} options={STATUSES} />
        <TextField label="E-mail" {...form.field("email")} maxLength={254} type="email" />
        <TextField label="Phone" {...form.field("phone")} maxLength={40} />
        <TextField label="Address" {...form.field("address")} maxLength={500} />
        <TextArea label="Notes" {...form.field("notes")} />
      </form>
      <FailedLine problem={change.problem} />
    </Dialog>
  );
}

function OpenAccount({ client, onClose, onDone }: { client: Client; onClose: () => void; onDone: (account: string) => void }): React.ReactElement {
  const [name, setName] = useState("");
  const open = useCommand("post", "/api/v1/clients/{number}/accounts", {
    changes: ["/api/v1/clients"],
    onDone: () => {
      toast.done(`Account ${name} is open`, "Money comes by a deposit that somebody else approves.");
      onClose();
      onDone(name);
    },
  });
  const problem = accountProblem(name);
  const send = (): void => {
    if (!problem) void open.run({ params: { number: client.id }, body: { account: name } });
  };
  return (
    <Dialog open onOpenChange={(is) => !is && onClose()} title="Open an account" about="On the simulated exchange. One that is there already and belongs to nobody becomes theirs." foot={<><Button onClick={onClose}>Leave it</Button><Button kind="primary" busy={open.busy} disabled={problem !== undefined} onClick={send}>Open account</Button></>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField label="Name of the account" value={name} onChange={(text) => setName(text.trim())} problem={name ? problem : undefined} maxLength={40} autoFocus />
      </form>
      <FailedLine problem={open.problem} />
    </Dialog>
  );
}

function Erase({ client, onClose }: { client: Client; onClose: () => void }): React.ReactElement {
  const erase = useCommand("post", "/api/v1/clients/{number}/erase", {
    changes: ["/api/v1/clients"],
    onDone: () => {
      toast.done("Personal data are erased");
      onClose();
    },
  });
  return (
    <Confirm open onOpenChange={(open) => !open && onClose()} title={`Erase client ${Number(client.id)}`} action="Erase personal data" word="erase" busy={erase.busy} problem={erase.problem} onConfirm={() => void erase.run({ params: { number: client.id } })}>
      Name, contact and notes are taken away for good, and the client is closed. Accounts, orders, trades and what was done stay, without a name.
    </Confirm>
  );
}
