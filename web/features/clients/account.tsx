"use client";

import { useState } from "react";
import { useApi, useCommand, usePages, type Answer } from "@/shared/api";
import { useMay } from "@/shared/session";
import { Answered, Badge, Button, Card, DataTable, Dialog, Empty, FailedLine, Figure, Grid, Money, NumberField, Price, Quantity, Select, TextField, Time, toast, Typed, type Column } from "@/shared/ui";
import { amountProblem } from "./words";

type Client = Answer<"/api/v1/clients/{number}", "get">;
type Account = Answer<"/api/v1/clients/accounts/{account}", "get">;
type Balance = Account["balances"][number];
type Position = Account["positions"][number];
type Order = Answer<"/api/v1/clients/accounts/{account}/orders", "get">["items"][number];
type Trade = Answer<"/api/v1/clients/accounts/{account}/trades", "get">["items"][number];
type Way = "deposits" | "withdrawals";

const BALANCES: readonly Column<Balance>[] = [
  { key: "asset", title: "Asset", value: (row) => row.asset, width: 110 },
  { key: "free", title: "Free", number: true, value: (row) => row.free, cell: (row) => <Quantity value={row.free} /> },
  { key: "locked", title: "Locked", number: true, value: (row) => row.locked, cell: (row) => <Quantity value={row.locked} /> },
  { key: "value", title: "Value", number: true, wide: true, value: (row) => row.value, cell: (row) => <Money value={row.value} places={2} /> },
];
const POSITIONS: readonly Column<Position>[] = [
  { key: "symbol", title: "Symbol", value: (row) => row.symbol, width: 130 },
  { key: "quantity", title: "From fills", number: true, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} change /> },
  { key: "average", title: "Average price", number: true, value: (row) => row.average, cell: (row) => <Price value={row.average} currency={row.quote} /> },
];

/** What an account holds, what is set aside, what the house earned from it; and asking for money to come or leave. */
export function AccountView({ account, client }: { account: string; client: Client }): React.ReactElement {
  const asked = useApi("/api/v1/clients/accounts/{account}", { params: { account }, every_ms: 5_000 });
  const [way, setWay] = useState<Way>();
  const mayAsk = useMay("funds:request") && client.status === "active";
  return (
    <div className="flex flex-col gap-3 pt-3">
      <Answered of={asked}>
        {(found) => (
          <>
            <Grid>
              <Card span={4} className="phone:!col-span-6">
                <Figure label={`Worth of ${found.account}`} below="cash and coins at the market">
                  <Money value={found.worth} currency={found.currency} places={2} />
                </Figure>
              </Card>
              <Card span={4} className="phone:!col-span-6">
                <Figure label="Fees earned" below="of all its fills">
                  <span className="text-large">{Object.entries(found.fees).map(([asset, amount]) => `${amount} ${asset}`).join(", ") || "\u2013"}</span>
                </Figure>
              </Card>
              <Card span={4} className="phone:!col-span-6">
                <Figure label="Set aside for withdrawals" below="waits for somebody to agree">
                  <span className="text-large">{found.waiting.map(({ amount, asset }) => `${amount} ${asset}`).join(", ") || "\u2013"}</span>
                </Figure>
              </Card>
            </Grid>
            <Card
              title="Balances"
              flush
              actions={
                mayAsk ? (
                  <>
                    <Button small onClick={() => setWay("deposits")}>Deposit</Button>
                    <Button small onClick={() => setWay("withdrawals")}>Withdraw</Button>
                  </>
                ) : undefined
              }
              foot="Locked is what open orders and withdrawals that wait have set aside."
            >
              <DataTable id="client.balances" label="balances" rows={found.balances} columns={BALANCES} rowKey={(row) => row.asset} height={Math.min(Math.max(found.balances.length, 2), 8)} plain />
            </Card>
            <Card title="Positions from fills" flush>
              <DataTable id="client.positions" label="positions" rows={found.positions} columns={POSITIONS} rowKey={(row) => row.symbol} height={found.positions.length ? Math.min(found.positions.length, 8) : 4} plain empty={<Empty title="Nothing was traded">What the account was given by deposits stands in its balances.</Empty>} />
            </Card>
            {way ? <Ask way={way} account={found} onClose={() => setWay(undefined)} /> : null}
          </>
        )}
      </Answered>
    </div>
  );
}

function Ask({ way, account, onClose }: { way: Way; account: Account; onClose: () => void }): React.ReactElement {
  const leaves = way === "withdrawals";
  const [asset, setAsset] = useState(account.balances.find(({ free }) => free !== "0")?.asset ?? account.balances[0]?.asset ?? "");
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const done = {
    changes: ["/api/v1/clients", "/api/v1/approvals"],
    onDone: (request: { id: string }) => {
      toast.done(`Request ${Number(request.id)} is made`, "Another person decides; then the money moves.");
      onClose();
    },
  };
  const deposit = useCommand("post", "/api/v1/clients/accounts/{account}/deposits", done);
  const withdrawal = useCommand("post", "/api/v1/clients/accounts/{account}/withdrawals", done);
  const ask = leaves ? withdrawal : deposit;
  const free = account.balances.find((balance) => balance.asset === asset)?.free ?? "0";
  const problem = amountProblem(amount, leaves ? free : undefined);
  const send = (): void => {
    if (!problem) void ask.run({ params: { account: account.account }, body: { asset, amount: amount.trim(), reason: reason.trim() } });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={leaves ? `Withdraw from ${account.account}` : `Deposit to ${account.account}`}
      about={leaves ? "The amount is set aside at once, so that it cannot be spent, and leaves when another person agrees." : "The amount comes when another person agrees."}
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="primary" busy={ask.busy} disabled={problem !== undefined} onClick={send}>
            {leaves ? "Ask for withdrawal" : "Ask for deposit"}
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
        <Select label="What" value={asset} onChange={setAsset} options={account.balances.map((balance) => [balance.asset, balance.asset] as const)} />
        <NumberField label="How much" value={amount} onChange={setAmount} unit={asset} hint={leaves ? `Free: ${free} ${asset}` : undefined} problem={amount ? problem : undefined} maxLength={33} autoFocus />
        <TextField label="Why" value={reason} onChange={setReason} maxLength={300} />
        <button type="submit" className="sr-only" tabIndex={-1}>
          Ask
        </button>
      </form>
      <FailedLine problem={ask.problem} />
    </Dialog>
  );
}

const sided = (side: string): React.ReactElement => <span className={side === "buy" ? "text-gain" : "text-loss"}>{side === "buy" ? "▲ buy" : "▼ sell"}</span>;
const ORDERS: readonly Column<Order>[] = [
  { key: "ts", title: "Time", value: (row) => row.ts, cell: (row) => <Time ns={row.ts} />, width: 210 },
  { key: "order_id", title: "No.", number: true, value: (row) => row.order_id, width: 80, wide: true },
  { key: "symbol", title: "Symbol", value: (row) => row.symbol, width: 110 },
  { key: "side", title: "Side", value: (row) => row.side, cell: (row) => sided(row.side), width: 80 },
  { key: "kind", title: "Kind", value: (row) => row.kind, width: 100, wide: true },
  { key: "quantity", title: "Quantity", number: true, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} /> },
  { key: "filled", title: "Filled", number: true, value: (row) => row.filled, cell: (row) => <Quantity value={row.filled} />, wide: true },
  { key: "limit", title: "Limit", number: true, value: (row) => row.limit, cell: (row) => <Price value={row.limit} />, wide: true },
  { key: "average", title: "Average", number: true, value: (row) => row.average, cell: (row) => <Price value={row.average} />, wide: true },
  { key: "stage", title: "State", value: (row) => row.stage, cell: (row) => <Badge>{row.stage.replaceAll("_", " ")}</Badge>, width: 130 },
];
const TRADES: readonly Column<Trade>[] = [
  { key: "ts", title: "Time", value: (row) => row.ts, cell: (row) => <Time ns={row.ts} />, width: 210 },
  { key: "trade_id", title: "No.", number: true, value: (row) => row.trade_id, width: 90, wide: true },
  { key: "symbol", title: "Symbol", value: (row) => row.symbol, width: 110 },
  { key: "side", title: "Side", value: (row) => row.side, cell: (row) => sided(row.side), width: 80 },
  { key: "quantity", title: "Quantity", number: true, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} /> },
  { key: "price", title: "Price", number: true, value: (row) => row.price, cell: (row) => <Price value={row.price} /> },
  { key: "fee", title: "Fee", number: true, value: (row) => row.fee, cell: (row) => <Quantity value={row.fee} unit={row.fee_currency} />, wide: true },
  { key: "maker", title: "Role", value: (row) => (row.maker ? "maker" : "taker"), width: 90, wide: true },
];

/** Orders of an account, open and ended. */
export function ClientOrders({ account }: { account: string }): React.ReactElement {
  const found = usePages("/api/v1/clients/accounts/{account}/orders", { params: { account }, query: { limit: 200 } });
  return (
    <div className="pt-3">
      <Card title={<>Orders of <Typed>{account}</Typed></>} flush>
        <DataTable id="client.orders" label="orders" rows={found.rows} columns={ORDERS} rowKey={(row) => String(row.order_id)} sort={{ key: "ts", down: true }} loading={found.loading} problem={found.problem} onRetry={found.refetch} onEnd={found.more ? found.fetchMore : undefined} height={14} empty={<Empty title="No orders yet">The account trades by API keys of the simulated exchange.</Empty>} />
      </Card>
    </div>
  );
}

/** Fills of an account with the fees that the house earned. */
export function ClientTrades({ account }: { account: string }): React.ReactElement {
  const found = usePages("/api/v1/clients/accounts/{account}/trades", { params: { account }, query: { limit: 200 } });
  return (
    <div className="pt-3">
      <Card title={<>Trades of <Typed>{account}</Typed></>} flush>
        <DataTable id="client.trades" label="trades" rows={found.rows} columns={TRADES} rowKey={(row) => `${row.symbol} ${row.trade_id} ${row.order_id}`} sort={{ key: "ts", down: true }} loading={found.loading} problem={found.problem} onRetry={found.refetch} onEnd={found.more ? found.fetchMore : undefined} height={14} empty={<Empty title="No trades yet" />} />
      </Card>
    </div>
  );
}
