"use client";

import { useState } from "react";
import { useApi, type Answer } from "@/shared/api";
import { Answered, Card, Choice, Count, DataTable, Money, Typed, type Column } from "@/shared/ui";

type Part = Answer<"/api/v1/portfolio/attribution", "get">["whole"];

const money = (key: "realised" | "unrealised" | "net" | "turnover" | "fees", title: string, { change = false, wide = false }: { change?: boolean; wide?: boolean } = {}): Column<Part> => ({
  key,
  title,
  number: true,
  wide,
  value: (row) => row[key],
  cell: (row) => <Money value={row[key]} places={2} change={change} />,
});
const COLUMNS: readonly Column<Part>[] = [
  { key: "name", title: "Of", value: (row) => row.name, cell: (row) => <Typed>{row.name}</Typed>, width: 150 },
  money("realised", "Realised", { change: true, wide: true }),
  money("unrealised", "Open", { change: true, wide: true }),
  money("fees", "Fees", { wide: true }),
  money("net", "Net", { change: true }),
  { key: "fills", title: "Fills", number: true, wide: true, value: (row) => row.fills, cell: (row) => <Count value={row.fills} /> },
  money("turnover", "Turnover", { wide: true }),
];
const BY = [
  ["by_strategy", "Strategy"],
  ["by_symbol", "Symbol"],
  ["by_day", "Day"],
] as const;

/** Where profit comes from. */
export function Attribution(): React.ReactElement {
  const asked = useApi("/api/v1/portfolio/attribution", { every_ms: 10_000 });
  const [by, setBy] = useState<(typeof BY)[number][0]>("by_strategy");
  return (
    <div className="pt-3">
      <Answered of={asked}>
        {(found) => (
          <Card
            title={`Profit by part, in ${found.currency}`}
            flush
            actions={<Choice bare label="Parts" value={by} onChange={setBy} options={BY} />}
            foot="Net = realised + open − fees, at today’s marks. The parts add up to the whole exactly; what is still open belongs to no day (UTC) and stands by itself."
          >
            <DataTable id={`portfolio.${by}`} label="parts" rows={found[by]} columns={COLUMNS} rowKey={(row) => row.name} sort={by === "by_day" ? { key: "name", down: true } : { key: "net", down: true }} height={Math.min(Math.max(found[by].length, 2), 16)} />
            <div className="grid grid-cols-6 gap-2 border-t px-3 py-2 phone:grid-cols-2">
              <span className="font-strong">The whole</span>
              <span className="text-right">realised <Money value={found.whole.realised} places={2} change /></span>
              <span className="text-right">open <Money value={found.whole.unrealised} places={2} change /></span>
              <span className="text-right">fees <Money value={found.whole.fees} places={2} /></span>
              <span className="text-right font-strong">net <Money value={found.whole.net} places={2} change /></span>
              <span className="text-right"><Count value={found.whole.fills} unit="fills" /></span>
            </div>
          </Card>
        )}
      </Answered>
    </div>
  );
}
