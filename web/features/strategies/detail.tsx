"use client";

import Link from "next/link";
import { useMemo, useState } from "react";
import { useApi, usePages, type Answer } from "@/shared/api";
import { useMay } from "@/shared/session";
import { useRows } from "@/shared/stream";
import { Age, Badge, Button, ButtonLink, Card, Count, DataTable, Facts, Failed, Figure, Loading, Money, Page, Percent, Price, Quantity, Select, Tabs, Time, Typed, type Column } from "@/shared/ui";
import { Code } from "@/features/research/code";
import { Spark } from "@/features/research/spark";
import { StrategyActs } from "./acts";
import { DecisionLog } from "./decision-log";
import { Parity } from "./parity";
import { Register } from "./register";
import { StateBadge, type Strategy } from "./strategies";

type One = Answer<"/api/v1/strategies/{strategy}", "get">;
type Version = Answer<"/api/v1/strategies/{strategy}/versions", "get">["items"][number];
type Order = Answer<"/api/v1/orders", "get">["items"][number];
type Fill = Answer<"/api/v1/fills", "get">["items"][number];

/** One strategy: what it does now and why, its versions, what it decided, how it compares with its back-test, its code. */
export function Detail({ id }: { id: string }): React.ReactElement {
  const asked = useApi("/api/v1/strategies/{strategy}", { params: { strategy: id }, every_ms: 2_000 });
  const live = useRows<Strategy>("strategies");
  const [tab, setTab] = useState("overview");
  const mayWrite = useMay("strategies:write");
  const versions = useApi("/api/v1/strategies/{strategy}/versions", { params: { strategy: id } });
  const [fresh, setFresh] = useState(false);
  if (!asked.data) {
    return (
      <Page title={id}>{asked.error ? <Failed problem={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={8} />}</Page>
    );
  }
  const row = live.rows.find((one) => one.strategy === id);
  const one: One = row ? { ...asked.data, ...row } : asked.data;
  const newest = versions.data?.items[0];
  return (
    <Page
      title={one.strategy}
      about={
        <span className="flex flex-wrap items-center gap-2">
          <StateBadge state={one.state} />
          {one.facts?.name ?? one.name}
        </span>
      }
      actions={
        <>
          <ButtonLink icon="left" href="/strategies">
            All strategies
          </ButtonLink>
          {mayWrite && newest ? (
            <Button icon="plus" disabled={one.running} title={one.running ? "stop it first" : undefined} onClick={() => setFresh(true)}>
              New version
            </Button>
          ) : null}
          <StrategyActs strategy={one} />
        </>
      }
    >
      {one.fault ? (
        <Card title={`It was stopped: ${one.fault}`}>
          <p className="break-words">{one.stopped}</p>
          <p className="text-soft">Its position and its protective orders are where they were.</p>
        </Card>
      ) : null}
      {one.stopped_by.length > 0 ? (
        <Card title={one.state === "paused" ? "Paused: no order of it leaves, its protection stays" : "Its orders are held back"}>
          {one.stopped_by.map((why) => (
            <p key={why}>{why}</p>
          ))}
        </Card>
      ) : null}
      <Tabs
        label="Parts of the strategy"
        value={tab}
        onChange={setTab}
        tabs={[
          { key: "overview", label: "Overview", content: <Overview one={one} /> },
          { key: "decisions", label: "Decisions", content: <DecisionLog id={id} /> },
          { key: "orders", label: "Orders", content: <Orders id={id} /> },
          { key: "fills", label: "Fills", content: <Fills id={id} /> },
          { key: "parity", label: "Live against back-test", content: <Parity id={id} /> },
          { key: "versions", label: "Versions", content: <Versions versions={versions.data?.items ?? []} loading={versions.isPending} problem={versions.error} /> },
          { key: "code", label: "Code", content: <CodeOf id={id} versions={versions.data?.items ?? []} /> },
        ]}
      />
      {fresh && newest ? <Register onClose={() => setFresh(false)} of={{ strategy: id, newest }} /> : null}
    </Page>
  );
}

function Overview({ one }: { one: One }): React.ReactElement {
  const declared = one.facts?.parameters ?? [];
  const parameters = declared.length > 0 ? declared.map((parameter) => ({ name: parameter.name, value: one.parameters[parameter.name] ?? parameter.default, own: parameter.name in one.parameters })) : Object.entries(one.parameters).map(([name, value]) => ({ name, value, own: true }));
  return (
    <div className="flex flex-col gap-3 pt-3">
      <div className="grid grid-cols-2 gap-3 rounded border bg-panel p-3 md:grid-cols-4">
        <Figure label="Profit after fees" below={`${one.currency}, realised and unrealised`}>
          <Money value={one.profit} places={2} change />
        </Figure>
        <Figure label="Cash of its book" below={one.currency}>
          <Money value={one.cash} places={2} />
        </Figure>
        <Figure label="Fills" below={`${one.orders} orders`}>
          <Count value={one.fills} />
        </Figure>
        <Figure label={one.running ? "Running for" : "Not running for"} below={one.running || !one.stopped ? <Time ns={one.since} /> : one.stopped}>
          <Age ns={one.since} />
        </Figure>
      </div>
      <div className="grid grid-cols-1 gap-3 wide:grid-cols-2">
        <Card title="Last decision">
          {one.last ? (
            <>
              <p>
                <Typed>{one.last.text}</Typed>
              </p>
              <p className="text-small text-soft">
                <Time ns={one.last.ts} millis />
                {one.last.order_id ? (
                  <>
                    {", "}
                    <Link className="link" prefetch={false} href={`/orders?id=${one.last.order_id}`}>
                      order {one.last.order_id}
                    </Link>
                  </>
                ) : null}
              </p>
            </>
          ) : (
            <p className="text-soft">It has decided nothing yet: no handler of it made an order.</p>
          )}
        </Card>
        <Card title="Holds">
          {one.books.length > 0 ? (
            <Facts
              items={one.books.map(
                (book) =>
                  [
                    book.symbol,
                    <span key={book.symbol} className="inline-flex flex-wrap justify-end gap-x-3">
                      <Quantity value={book.quantity} unit={book.symbol.split("/")[0]} />
                      <span className="text-soft">
                        at <Price value={book.average} {...(book.mark ? { tick: book.mark } : {})} />
                      </span>
                      <Money value={book.unrealised} currency={book.currency} places={2} change />
                    </span>,
                  ] as const,
              )}
            />
          ) : (
            <p className="text-soft">Nothing, and it has traded nothing yet.</p>
          )}
        </Card>
        <Card title="Parameters" foot="Another value is another version: stop it, then New version.">
          {parameters.length > 0 ? (
            <Facts items={parameters.map(({ name, value, own }) => [name, <span key={name} className="number">{value}{own ? null : <span className="ml-2 text-small text-faint">as declared</span>}</span>] as const)} />
          ) : (
            <p className="text-soft">It declares none.</p>
          )}
        </Card>
        <Card title="How it runs">
          <Facts
            items={[
              ...(one.facts?.doc ? ([["what it does", one.facts.doc]] as const) : []),
              ["version", `${one.version} of ${one.facts?.name ?? one.name}`],
              ["file", one.file || "not in the catalogue"],
              ["code", <span key="code" className="font-mono text-small">{one.code_hash}</span>],
              ["markets", one.symbols.join(", ")],
              ["bars", one.timeframe || "none: it acts on ticks"],
              ["mode", one.mode],
              ["fences around its process", one.fences ? one.fences.join(", ") || "none on this system" : "not loaded"],
            ]}
          />
          {one.facts?.changed ? <p className="mt-2 text-warn">Its file has changed since: a new version would be other code.</p> : null}
        </Card>
        <BackTests name={one.facts?.name ?? ""} file={one.file} />
      </div>
    </div>
  );
}

function BackTests({ name, file }: { name: string; file: string }): React.ReactElement {
  const asked = useApi("/api/v1/backtests", { query: { strategy: name, limit: 5 }, when: name !== "" });
  const rows = (asked.data?.items ?? []).filter(({ strategy }) => strategy === name);
  return (
    <Card
      title="Kept back-tests of it"
      actions={
        file ? (
          <ButtonLink small icon="plus" href={`/backtests?new=${encodeURIComponent(file)}`}>
            New back-test
          </ButtonLink>
        ) : undefined
      }
    >
      {rows.length > 0 ? (
        <Facts
          items={rows.map(
            (run) =>
              [
                <Link key={run.id} className="link" prefetch={false} href={`/backtests?id=${run.id}`}>
                  {run.symbols.join(", ")}
                </Link>,
                <span key="value" className="inline-flex items-center gap-3">
                  <Spark values={run.curve} label={`Equity on ${run.symbols.join(", ")}`} />
                  <Percent value={run.total_return} change />
                </span>,
              ] as const,
          )}
        />
      ) : (
        <p className="text-soft">None yet.</p>
      )}
    </Card>
  );
}

const ORDERS: readonly Column<Order>[] = [
  { key: "ts", title: "Time", width: 220, value: (row) => row.ts, cell: (row) => <Time ns={row.ts} millis /> },
  { key: "symbol", title: "Symbol", width: 110, value: (row) => row.symbol },
  { key: "side", title: "Side", width: 70, value: (row) => row.side },
  { key: "kind", title: "Kind", width: 90, wide: true, value: (row) => row.kind },
  { key: "role", title: "Role", width: 80, wide: true, value: (row) => row.role },
  { key: "quantity", title: "Quantity", number: true, width: 120, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} /> },
  { key: "average", title: "Mean price", number: true, width: 120, value: (row) => row.average, cell: (row) => <Price value={row.average} /> },
  { key: "status", title: "Status", width: 120, value: (row) => row.status, cell: (row) => <Badge tone={row.status === "refused" || row.status === "rejected" ? "warn" : "neutral"}>{row.status}</Badge> },
  { key: "why", title: "Why", width: 380, value: (row) => row.why || row.reason, cell: (row) => <Typed>{row.why || row.reason || "\u2013"}</Typed> },
];

function Orders({ id }: { id: string }): React.ReactElement {
  const found = usePages("/api/v1/orders", { query: { strategy: id, limit: 300 } });
  return (
    <Card flush className="mt-3">
      <DataTable id="strategy-orders" label="orders" rows={found.rows} columns={ORDERS} rowKey={(row) => String(row.order_id)} sort={{ key: "ts", down: true }} loading={found.loading} problem={found.problem} onRetry={found.refetch} onEnd={found.fetchMore} height={16} empty={<p className="p-3 text-soft">It has ordered nothing yet.</p>} />
    </Card>
  );
}

const FILLS: readonly Column<Fill>[] = [
  { key: "ts", title: "Time", width: 220, value: (row) => row.ts, cell: (row) => <Time ns={row.ts} millis /> },
  { key: "symbol", title: "Symbol", width: 110, value: (row) => row.symbol },
  { key: "side", title: "Side", width: 70, value: (row) => row.side },
  { key: "quantity", title: "Quantity", number: true, width: 120, value: (row) => row.quantity, cell: (row) => <Quantity value={row.quantity} /> },
  { key: "price", title: "Price", number: true, width: 120, value: (row) => row.price, cell: (row) => <Price value={row.price} /> },
  { key: "fee", title: "Fee", number: true, width: 160, value: (row) => row.fee, cell: (row) => <Quantity value={row.fee} unit={row.fee_currency} /> },
  { key: "maker", title: "Role", width: 80, wide: true, value: (row) => (row.maker ? "maker" : "taker") },
  { key: "order_id", title: "Order", number: true, width: 90, wide: true, value: (row) => row.order_id },
];

function Fills({ id }: { id: string }): React.ReactElement {
  const found = usePages("/api/v1/fills", { query: { strategy: id, limit: 300 } });
  return (
    <Card flush className="mt-3">
      <DataTable id="strategy-fills" label="fills" rows={found.rows} columns={FILLS} rowKey={(row) => String(row.seq)} sort={{ key: "ts", down: true }} loading={found.loading} problem={found.problem} onRetry={found.refetch} onEnd={found.fetchMore} height={16} empty={<p className="p-3 text-soft">Nothing of it was filled yet.</p>} />
    </Card>
  );
}

const VERSIONS: readonly Column<Version>[] = [
  { key: "version", title: "Version", number: true, width: 80, value: (row) => row.version },
  { key: "parent", title: "Made from", number: true, width: 90, value: (row) => row.parent || null },
  { key: "ts", title: "Registered", width: 200, value: (row) => row.ts, cell: (row) => <Time ns={row.ts} /> },
  { key: "by", title: "By", width: 120, value: (row) => row.by, cell: (row) => <Typed>{row.by}</Typed> },
  { key: "parameters", title: "Parameters", width: 260, value: (row) => Object.entries(row.parameters).map(([name, value]) => `${name}=${value}`).join(" ") || "as declared" },
  { key: "symbols", title: "Markets", width: 120, wide: true, value: (row) => row.symbols.join(" ") },
  { key: "timeframe", title: "Bars", width: 70, wide: true, value: (row) => row.timeframe || "none" },
  { key: "code", title: "Code", width: 150, wide: true, value: (row) => row.code_hash, cell: (row) => <span className="font-mono text-small">{row.code_hash}</span> },
  { key: "note", title: "Why", width: 260, wide: true, value: (row) => row.note, cell: (row) => <Typed>{row.note || "\u2013"}</Typed> },
];

function Versions({ versions, loading, problem }: { versions: readonly Version[]; loading: boolean; problem: unknown }): React.ReactElement {
  return (
    <Card flush className="mt-3">
      <DataTable id="strategy-versions" label="versions" rows={versions} columns={VERSIONS} rowKey={(row) => String(row.version)} sort={{ key: "version", down: true }} loading={loading} problem={problem} height={10} empty={<p className="p-3 text-soft">None.</p>} />
    </Card>
  );
}

function CodeOf({ id, versions }: { id: string; versions: readonly Version[] }): React.ReactElement {
  const [version, setVersion] = useState("0");
  const asked = useApi("/api/v1/strategies/{strategy}/source", { params: { strategy: id }, query: { version: Number(version) } });
  const options = useMemo(() => [["0", "newest"] as const, ...versions.map((one) => [String(one.version), `version ${one.version}`] as const)], [versions]);
  return (
    <Card flush className="mt-3" title={asked.data?.file || "Code"} actions={<Select bare label="Version" value={version} onChange={setVersion} options={options} />} foot="To read only: strategies are written in files, and a changed file is a new version.">
      {asked.data ? <Code text={asked.data.text} label={`Code of ${id}`} /> : asked.error ? <Failed problem={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={10} />}
    </Card>
  );
}
