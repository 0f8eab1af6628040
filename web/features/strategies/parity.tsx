"use client";

import { useApi, useCommand, type Answer } from "@/shared/api";
import { forChart, signOf, written } from "@/shared/format";
import { Curve } from "@/shared/charts";
import { useMay } from "@/shared/session";
import { Badge, Button, Card, Count, DataTable, Empty, FailedLine, Facts, Failed, Figure, Loading, Money, Price, Quantity, Time, type Column } from "@/shared/ui";
import { isUnderway, JobLine, useJobs } from "@/features/research/jobs";

type Kept = Answer<"/api/v1/strategies/{strategy}/parity", "get">;
type Found = NonNullable<Kept["found"]>;
type Decision = Found["decisions"][number];

const CHANGES = ["/api/v1/strategies/{strategy}/parity"];
const PARTS: readonly (readonly [string, string, string])[] = [
  ["fees", "Fees", "live fees against those of the back-test"],
  ["latency", "Latency", "what the market moved between the back-test's fill and the live one"],
  ["slippage", "Slippage", "the rest of the difference of prices"],
  ["size", "Sizes", "decisions that one filled larger than the other"],
  ["missed", "Missed trades", "decisions that only the back-test filled"],
  ["extra", "Extra trades", "decisions that only the live strategy filled"],
];

/** Live beside the back-test of the same code on the same data, and why they differ. */
export function Parity({ id }: { id: string }): React.ReactElement {
  const asked = useApi("/api/v1/strategies/{strategy}/parity", { params: { strategy: id } });
  const mayRun = useMay("backtests:run");
  const { jobs } = useJobs(CHANGES);
  const job = jobs.find((one) => one.kind === "parity" && one.strategy === id);
  const start = useCommand("post", "/api/v1/strategies/{strategy}/parity", { changes: ["/api/v1/jobs", ...CHANGES] });
  const button = mayRun ? (
    <Button kind="primary" icon="refresh" busy={start.busy || (job !== undefined && isUnderway(job))} onClick={() => void start.run({ params: { strategy: id } })}>
      Compare now
    </Button>
  ) : null;
  if (!asked.data) return asked.error ? <Failed problem={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={8} />;
  const { found, made_ns: made } = asked.data;
  return (
    <div className="flex flex-col gap-3 pt-3">
      <div className="flex flex-wrap items-center gap-3">
        {button}
        <span className="text-soft">
          The same code is back-tested on exactly the data that it was given since it last began.
          {made ? (
            <>
              {" "}
              Compared <Time ns={made} />.
            </>
          ) : null}
        </span>
      </div>
      <FailedLine problem={start.problem} />
      {job && (isUnderway(job) || job.state === "failed") ? (
        <Card flush>
          <JobLine job={job} />
        </Card>
      ) : null}
      {found ? (
        <Compared found={found} />
      ) : (
        <Card>
          <Empty title="Not compared yet">It takes a few seconds and does not touch trading.</Empty>
        </Card>
      )}
    </div>
  );
}

function Compared({ found }: { found: Found }): React.ReactElement {
  return (
    <>
      <div className="grid grid-cols-2 gap-3 rounded border bg-panel p-3 md:grid-cols-4">
        <Figure label="Gap, live less back-test" below={<Money value={found.gap} currency={found.currency} places={4} change />}>
          <Bps value={found.gap_bps} />
        </Figure>
        <Figure label="Live" below={<span>{found.currency}, <Count value={found.live_fills} /> fills</span>}>
          <Money value={found.live} places={2} />
        </Figure>
        <Figure label="Back-test" below={<span>{found.currency}, <Count value={found.back_fills} /> fills</span>}>
          <Money value={found.back} places={2} />
        </Figure>
        <Figure label="Orders on the same data" below={found.orders_differ || `${found.batches.toLocaleString("en-US")} batches of data played again`}>
          <span className="text-large">{found.orders_differ ? "differ" : "the same"}</span>
        </Figure>
      </div>
      <div className="grid grid-cols-12 gap-3">
        <Card className="col-span-12 wide:col-span-7" title="Equity" flush>
          <Curve
            label="Equity, live and back-test"
            times={found.ts}
            height={260}
            unit={found.currency}
            lines={[
              { label: "Live", values: found.live_equity, tone: "accent" },
              { label: "Back-test", values: found.back_equity, tone: "warn", dash: true },
            ]}
          />
        </Card>
        <Card className="col-span-12 wide:col-span-5" title="The gap in basis points of its cash" foot="The parts add up to the gap exactly. One basis point is a hundredth of a per cent.">
          <Parts found={found} />
        </Card>
      </div>
      {found.notes.length > 0 ? (
        <Card title="To know">
          <ul className="list-disc pl-4">
            {found.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Card>
      ) : null}
      <Card title="Decisions that made the gap" flush>
        <DataTable id="parity-decisions" label="decisions" rows={found.decisions} columns={DECISIONS} rowKey={(row) => `${row.decided}-${row.symbol}-${row.side}-${row.role}-${row.kind}`} sort={{ key: "decided", down: true }} height={12} empty={<p className="p-3 text-soft">Neither of them traded.</p>} />
      </Card>
    </>
  );
}

function Bps({ value }: { value: string }): React.ReactElement {
  const sign = signOf(value);
  return (
    <span className={sign > 0 ? "number text-gain" : sign < 0 ? "number text-loss" : "number"}>
      {written(value, { places: 2, signed: true })} <span className="text-small text-faint">bp</span>
    </span>
  );
}

/** Each part as a bar from a common middle, with its amount; the bottom line is their sum. */
function Parts({ found }: { found: Found }): React.ReactElement {
  const sizes = PARTS.map(([key]) => Math.abs(forChart(found.parts_bps[key] ?? "0") ?? 0));
  const most = Math.max(...sizes, Math.abs(forChart(found.gap_bps) ?? 0), 0.01);
  return (
    <div className="flex flex-col gap-2">
      {PARTS.map(([key, name, hint]) => (
        <Bar key={key} name={name} hint={hint} value={found.parts_bps[key] ?? "0"} most={most} />
      ))}
      <div className="border-t pt-2">
        <Bar name="Whole gap" hint="" value={found.gap_bps} most={most} strong />
      </div>
      <Facts items={PARTS.filter(([key]) => signOf(found.parts[key] ?? "0") !== 0).map(([key, name]) => [name, <Money key={key} value={found.parts[key]} currency={found.currency} places={4} change />] as const)} />
    </div>
  );
}

function Bar({ name, hint, value, most, strong = false }: { name: string; hint: string; value: string; most: number; strong?: boolean }): React.ReactElement {
  const size = forChart(value) ?? 0;
  const width = Math.min(50, (Math.abs(size) / most) * 50);
  return (
    <div className="grid grid-cols-[110px_minmax(0,1fr)_90px] items-center gap-2" title={hint}>
      <span className={strong ? "font-strong" : "text-soft"}>{name}</span>
      <svg aria-hidden="true" className="h-4 w-full" viewBox="0 0 100 16" preserveAspectRatio="none">
        <rect x={size < 0 ? 50 - width : 50} y={3} width={width} height={10} className={size < 0 ? "fill-loss" : "fill-gain"} />
        <line x1={50} x2={50} y1={0} y2={16} className="stroke-line-strong" vectorEffect="non-scaling-stroke" />
      </svg>
      <span className="text-right">
        <Bps value={value} />
      </span>
    </div>
  );
}

const KINDS: Record<Decision["kind"], string> = { both: "both", missed: "only back-test", extra: "only live" };

const DECISIONS: readonly Column<Decision>[] = [
  { key: "decided", title: "Decided", width: 220, value: (row) => row.decided, cell: (row) => <Time ns={row.decided} millis /> },
  { key: "symbol", title: "Symbol", width: 110, value: (row) => row.symbol },
  { key: "side", title: "Side", width: 70, value: (row) => (row.side > 0 ? "buy" : "sell") },
  { key: "role", title: "Role", width: 80, wide: true, value: (row) => row.role },
  { key: "kind", title: "Filled by", width: 130, value: (row) => KINDS[row.kind], cell: (row) => <Badge tone={row.kind === "both" ? "neutral" : "warn"}>{KINDS[row.kind]}</Badge> },
  { key: "live_quantity", title: "Live size", number: true, width: 120, wide: true, value: (row) => row.live_quantity, cell: (row) => <Quantity value={row.live_quantity} /> },
  { key: "live_price", title: "Live price", number: true, width: 120, value: (row) => row.live_price, cell: (row) => (row.kind === "missed" ? "\u2013" : <Price value={row.live_price} />) },
  { key: "back_quantity", title: "Back-test size", number: true, width: 120, wide: true, value: (row) => row.back_quantity, cell: (row) => <Quantity value={row.back_quantity} /> },
  { key: "back_price", title: "Back-test price", number: true, width: 130, value: (row) => row.back_price, cell: (row) => (row.kind === "extra" ? "\u2013" : <Price value={row.back_price} />) },
  { key: "bps", title: "Part of the gap", number: true, width: 130, value: (row) => row.bps, cell: (row) => <Bps value={row.bps} /> },
];
