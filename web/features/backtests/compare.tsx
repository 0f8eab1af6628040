"use client";

import Link from "next/link";
import { useMemo } from "react";
import { useApi, type Answer } from "@/shared/api";
import { Curve, type Line } from "@/shared/charts";
import { Answered, ButtonLink, Card, Page, Time } from "@/shared/ui";
import { FigureText } from "@/features/research/figure-text";

type Found = Answer<"/api/v1/backtests/compare", "get">;

const TONES = ["accent", "warn", "gain", "loss", "soft"] as const;

/** Two to five runs on one chart, what they were made from, and every figure side by side. */
export function Compare({ ids }: { ids: string }): React.ReactElement {
  const asked = useApi("/api/v1/backtests/compare", { query: { ids } });
  return (
    <Page
      title="Compare back-tests"
      actions={
        <ButtonLink icon="left" href="/backtests">
          All runs
        </ButtonLink>
      }
    >
      <Answered of={asked} rows={10}>
        {(found) => <Side found={found} />}
      </Answered>
    </Page>
  );
}

function Side({ found }: { found: Found }): React.ReactElement {
  const { times, lines } = useMemo(() => merged(found), [found]);
  const names = found.runs.map((run, at) => `${at + 1} ${run.strategy}`);
  return (
    <>
      <Card title="Growth from the start" flush>
        <Curve label="Growth of each run" times={times} lines={lines} unit="%" height={300} />
      </Card>
      <Card title="Made from" flush foot={found.differences.length === 0 ? "All of them were made from the same." : "Only what differs from the first run is listed."}>
        <Table
          head={names}
          rows={[
            { key: "run", name: "Run", cells: found.runs.map((run) => <Link key={run.id} prefetch={false} className="link font-mono text-small" href={`/backtests?id=${run.id}`}>{run.id}</Link>) },
            { key: "made", name: "Made", cells: found.runs.map((run) => <Time key={run.id} ns={run.made_ns} />) },
            { key: "data", name: "Data", cells: found.runs.map((run) => run.symbols.join(", ")) },
            ...found.differences.map(({ what, values }) => ({ key: what, name: what, cells: values.map((value, at) => <Said key={at} value={value} same={at > 0 && value === values[0]} />) })),
          ]}
        />
      </Card>
      <Card title="Figures" flush>
        <Table
          head={names}
          rows={found.figures.map((figure) => ({
            key: figure.key,
            name: figure.name,
            hint: figure.hint,
            cells: figure.values.map((value, at) => <FigureText key={at} value={value} kind={figure.kind} currency={found.runs[at]?.currency} />),
          }))}
        />
      </Card>
    </>
  );
}

function Said({ value, same }: { value: string; same: boolean }): React.ReactElement {
  return <span className={same ? "text-faint" : undefined}>{value || "\u2013"}</span>;
}

function Table({ head, rows }: { head: readonly string[]; rows: readonly { key: string; name: string; hint?: string; cells: readonly React.ReactNode[] }[] }): React.ReactElement {
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-[560px]">
        <thead>
          <tr className="text-small text-soft">
            <td className="px-3 py-1.5" />
            {head.map((name) => (
              <th key={name} scope="col" className="px-3 py-1.5 text-right">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, hint, cells }) => (
            <tr key={key} className="border-t">
              <th scope="row" className="max-w-[240px] px-3 py-1 text-left font-normal text-soft" title={hint}>
                {name}
              </th>
              {cells.map((cell, at) => (
                <td key={at} className="number break-words px-3 py-1 text-right">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** All curves over one axis: between its points a curve keeps its last value; before its first and behind its last it has none. */
export function merged(found: Pick<Found, "curves" | "runs">): { times: number[]; lines: Line[] } {
  const times = [...new Set(found.curves.flatMap(({ ts }) => ts))].toSorted((a, b) => a - b);
  const lines = found.curves.map(({ ts, growth }, at) => {
    let next = 0;
    const values = times.map((time) => {
      while (next < ts.length && (ts[next] as number) <= time) next += 1;
      const past = next >= ts.length && time > (ts[ts.length - 1] ?? 0);
      return next === 0 || past ? null : (growth[next - 1] as number) * 100;
    });
    return { label: `${at + 1} ${found.runs[at]?.strategy ?? ""}`, values, tone: TONES[at % TONES.length], dash: at >= 3 } as Line;
  });
  return { times, lines };
}
