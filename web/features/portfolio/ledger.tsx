"use client";

import Link from "next/link";
import { useState } from "react";
import { usePages, type Answer } from "@/shared/api";
import { Card, DataTable, Dialog, Empty, Facts, Money, Select, TextField, Time, Typed, type Column } from "@/shared/ui";

type Posting = Answer<"/api/v1/ledger", "get">["items"][number];

const KINDS = [
  ["", "Everything"],
  ["trade", "Trades"],
  ["deposit", "Deposits"],
  ["adjustment", "Adjustments"],
  ["reversal", "Reversals"],
] as const;

/** What the account's own cash and coins did, in a line. */
function moved(posting: Posting): string {
  return posting.legs
    .filter(({ kind, owner }) => kind === "cash" && owner === posting.account)
    .map(({ amount, currency }) => `${amount.startsWith("-") ? "" : "+"}${amount} ${currency}`)
    .join(", ");
}

const COLUMNS: readonly Column<Posting>[] = [
  { key: "ts", title: "Time", value: (row) => row.ts, cell: (row) => <Time ns={row.ts} />, width: 210 },
  { key: "seq", title: "No.", number: true, value: (row) => row.seq, width: 80, wide: true },
  { key: "what", title: "What", value: (row) => row.what, width: 100 },
  { key: "strategy", title: "Strategy", value: (row) => row.strategy, cell: (row) => <Typed>{row.strategy}</Typed>, width: 130, wide: true },
  { key: "symbol", title: "Symbol", value: (row) => row.symbol, width: 110, wide: true },
  { key: "moved", title: "Cash and coins", value: moved, cell: (row) => <span className="number">{moved(row)}</span>, width: 340 },
  { key: "realised", title: "Realised", number: true, value: (row) => row.realised, cell: (row) => <Money value={row.realised === "0" ? null : row.realised} places={2} change />, width: 120, wide: true },
];

/** The double-entry ledger: every transaction with its legs. */
export function Ledger(): React.ReactElement {
  const [kind, setKind] = useState<(typeof KINDS)[number][0]>("");
  const [strategy, setStrategy] = useState("");
  const [symbol, setSymbol] = useState("");
  const [chosen, setChosen] = useState<Posting>();
  const found = usePages("/api/v1/ledger", { query: { kind, strategy: strategy.trim(), symbol: symbol.trim(), account: "main", limit: 200 } });
  return (
    <div className="flex flex-col gap-3 pt-3">
      <div className="flex flex-wrap items-end gap-2">
        <Select label="What" value={kind} onChange={setKind} options={KINDS} />
        <TextField label="Strategy" value={strategy} onChange={setStrategy} maxLength={60} />
        <TextField label="Symbol" value={symbol} onChange={setSymbol} maxLength={60} placeholder="BTC/USDT" />
      </div>
      <Card flush foot="Entries are never changed; a correction is a reversal. The legs of a transaction add up to zero in each currency.">
        <DataTable
          id="portfolio.ledger"
          label="transactions"
          rows={found.rows}
          columns={COLUMNS}
          rowKey={(row) => String(row.seq)}
          sort={{ key: "ts", down: true }}
          onOpen={setChosen}
          loading={found.loading}
          problem={found.problem}
          onRetry={found.refetch}
          onEnd={found.more ? found.fetchMore : undefined}
          height={16}
          empty={<Empty title="No transactions">{kind || strategy || symbol ? "None fits the filter." : "The first deposit is the first transaction."}</Empty>}
        />
      </Card>
      {chosen ? <Legs posting={chosen} onClose={() => setChosen(undefined)} /> : null}
    </div>
  );
}

function Legs({ posting, onClose }: { posting: Posting; onClose: () => void }): React.ReactElement {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} width="medium" title={`Transaction ${posting.seq}`}>
      <Facts
        items={[
          ["Time", <Time key="ts" ns={posting.ts} millis />],
          ["What", posting.what],
          ["Reference", <Typed key="ref">{posting.ref}</Typed>],
          ...(posting.order_id ? ([["Order", <Link key="order" className="text-accent underline" href={`/orders?id=${posting.order_id}`}>{posting.order_id}</Link>]] as const) : []),
          ...(posting.strategy ? ([["Strategy", <Typed key="strategy">{posting.strategy}</Typed>]] as const) : []),
        ]}
      />
      <table className="w-full">
        <caption className="sr-only">Legs of transaction {posting.seq}</caption>
        <thead>
          <tr className="border-b text-left text-small text-soft">
            <th className="py-1 font-normal">Account</th>
            <th className="py-1 font-normal">Kind</th>
            <th className="py-1 text-right font-normal">Debit</th>
            <th className="py-1 text-right font-normal">Credit</th>
          </tr>
        </thead>
        <tbody>
          {posting.legs.map((leg, index) => {
            const credit = leg.amount.startsWith("-");
            return (
              <tr key={index} className="h-[var(--row)] border-b last:border-b-0">
                <td className="pr-2"><Typed>{leg.owner}</Typed></td>
                <td className="pr-2 text-soft">{leg.kind}</td>
                <td className="text-right">{credit ? "" : <Money value={leg.amount} currency={leg.currency} />}</td>
                <td className="text-right">{credit ? <Money value={leg.amount.slice(1)} currency={leg.currency} /> : ""}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Dialog>
  );
}
