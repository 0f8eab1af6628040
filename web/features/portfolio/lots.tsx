"use client";

import { useState } from "react";
import { addressOf, useApi, usePages, type Answer } from "@/shared/api";
import { Answered, Badge, Card, Choice, Count, DataTable, Empty, Grid, Icon, Money, Price, Quantity, Time, type Column } from "@/shared/ui";

type Found = Answer<"/api/v1/portfolio/lots", "get">;
type Open = Found["open"][number];
type Closed = Answer<"/api/v1/portfolio/lots/closed", "get">["items"][number];
type Year = Found["years"][number];

const METHODS = [
  ["fifo", "FIFO"],
  ["lifo", "LIFO"],
] as const;
const YEARS: readonly Column<Year>[] = [
  { key: "year", title: "Year", value: (row) => row.year, width: 80 },
  { key: "currency", title: "In", value: (row) => row.currency, width: 80 },
  { key: "gain", title: "Gain", number: true, value: (row) => row.gain, cell: (row) => <Money value={row.gain} places={2} change /> },
  { key: "short_term", title: "Held up to a year", number: true, wide: true, value: (row) => row.short_term, cell: (row) => <Money value={row.short_term} places={2} change /> },
  { key: "long_term", title: "Held longer", number: true, wide: true, value: (row) => row.long_term, cell: (row) => <Money value={row.long_term} places={2} change /> },
  { key: "proceeds", title: "Proceeds", number: true, wide: true, value: (row) => row.proceeds, cell: (row) => <Money value={row.proceeds} places={2} /> },
  { key: "cost", title: "Cost", number: true, wide: true, value: (row) => row.cost, cell: (row) => <Money value={row.cost} places={2} /> },
  { key: "pieces", title: "Pieces", number: true, value: (row) => row.pieces, cell: (row) => <Count value={row.pieces} /> },
];
const OPEN: readonly Column<Open>[] = [
  { key: "symbol", title: "Symbol", value: (row) => row.symbol, width: 120 },
  { key: "opened", title: "Opened", value: (row) => row.opened, cell: (row) => <Time ns={row.opened} />, width: 210, wide: true },
  { key: "held_days", title: "Held", number: true, value: (row) => row.held_days, cell: (row) => <Count value={row.held_days} unit="d" />, width: 80, wide: true },
  { key: "quantity", title: "Quantity", number: true, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} places={8} /> },
  { key: "cost", title: "Cost", number: true, value: (row) => row.cost, cell: (row) => <Money value={row.cost} places={2} /> },
  { key: "value", title: "Value", number: true, wide: true, value: (row) => row.value, cell: (row) => <Money value={row.value} places={2} /> },
  { key: "gain", title: "Open gain", number: true, value: (row) => row.gain, cell: (row) => <Money value={row.gain} places={2} change /> },
];
const CLOSED: readonly Column<Closed>[] = [
  { key: "symbol", title: "Symbol", value: (row) => row.symbol, cell: (row) => <span className="inline-flex items-center gap-1">{row.symbol}{row.short ? <Badge>short</Badge> : null}</span>, width: 140 },
  { key: "opened", title: "Opened", value: (row) => row.opened, cell: (row) => <Time ns={row.opened} />, width: 210, wide: true },
  { key: "closed", title: "Closed", value: (row) => row.closed, cell: (row) => <Time ns={row.closed} />, width: 210 },
  { key: "held_days", title: "Held", number: true, value: (row) => row.held_days, cell: (row) => <Count value={row.held_days} unit="d" />, width: 80, wide: true },
  { key: "quantity", title: "Quantity", number: true, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} places={8} />, wide: true },
  { key: "cost", title: "Cost", number: true, value: (row) => row.cost, cell: (row) => <Price value={row.cost} tick="0.0001" />, wide: true },
  { key: "proceeds", title: "Proceeds", number: true, value: (row) => row.proceeds, cell: (row) => <Price value={row.proceeds} tick="0.0001" />, wide: true },
  { key: "gain", title: "Gain", number: true, value: (row) => row.gain, cell: (row) => <Money value={row.gain} places={4} change /> },
];

/** Tax lots: what is open, what each year brought, and every piece that was closed. */
export function Lots(): React.ReactElement {
  const [method, setMethod] = useState<"fifo" | "lifo">("fifo");
  const asked = useApi("/api/v1/portfolio/lots", { query: { method }, keep: true });
  return (
    <div className="flex flex-col gap-3 pt-3">
      <div className="flex flex-wrap items-center gap-3">
        <Choice bare label="Which lot a sale takes first" value={method} onChange={setMethod} options={METHODS} />
        <p className="min-w-0 flex-1 text-soft phone:basis-full">
          {method === "fifo" ? "A sale takes the oldest lot first." : "A sale takes the newest lot first."} Fees of a purchase are part of its cost, fees of a sale lessen its proceeds; fees in a third currency are in no basis.
        </p>
        <Csv method={method} part="closed" />
        <Csv method={method} part="open" />
      </div>
      <Answered of={asked}>
        {(found) =>
          found.open.length === 0 && found.closed_count === 0 ? (
            <Card>
              <Empty title="No lots yet">Every purchase opens a lot, every sale closes one or more.</Empty>
            </Card>
          ) : (
            <Grid>
              <Card title="Gains by year (UTC)" span={12} flush foot={otherFees(found)}>
                <DataTable id="lots.years" label="years" rows={found.years} columns={YEARS} rowKey={(row) => `${row.year} ${row.currency}`} sort={{ key: "year", down: true }} height={found.years.length ? Math.min(found.years.length, 6) : 3} plain empty={<Empty title="Nothing was closed yet" />} />
              </Card>
              <Card title="Open lots" span={12} flush>
                <DataTable id="lots.open" label="open lots" rows={found.open} columns={OPEN} rowKey={(row) => `${row.symbol} ${row.fill}`} height={found.open.length ? Math.min(found.open.length, 8) : 3} empty={<Empty title="Nothing is held" />} />
              </Card>
              <ClosedLots method={method} count={found.closed_count} />
            </Grid>
          )
        }
      </Answered>
    </div>
  );
}

function otherFees(found: Found): string | undefined {
  const fees = Object.entries(found.other_fees).map(([currency, amount]) => `${amount} ${currency}`);
  return fees.length ? `Fees in no basis: ${fees.join(", ")}` : undefined;
}

function ClosedLots({ method, count }: { method: "fifo" | "lifo"; count: number }): React.ReactElement {
  const pages = usePages("/api/v1/portfolio/lots/closed", { query: { method, limit: 200 } });
  return (
    <Card title={<>Closed lots (<Count value={count} />)</>} span={12} flush>
      <DataTable id="lots.closed" label="closed lots" rows={pages.rows} columns={CLOSED} rowKey={(row) => `${row.symbol} ${row.opening_fill} ${row.closing_fill}`} loading={pages.loading} problem={pages.problem} onRetry={pages.refetch} onEnd={pages.more ? pages.fetchMore : undefined} height={12} empty={<Empty title="Nothing was closed yet" />} />
    </Card>
  );
}

function Csv({ method, part }: { method: "fifo" | "lifo"; part: "open" | "closed" }): React.ReactElement {
  return (
    <a className="inline-flex h-8 items-center gap-1.5 rounded border border-line-strong bg-raised px-3 font-strong hover:bg-hover phone:h-10" href={addressOf("/api/v1/portfolio/lots.csv", { query: { method, part } })} download={`lots-${part}-${method}.csv`}>
      <Icon name="download" /> {part === "open" ? "Open" : "Closed"} lots, CSV
    </a>
  );
}
