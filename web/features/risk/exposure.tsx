"use client";

import type { Answer } from "@/shared/api";
import { useFollowed } from "@/shared/api/followed";
import { Answered, Card, DataTable, Empty, Grid, Money, UseBar, type Column } from "@/shared/ui";

type Exposures = Answer<"/api/v1/risk/exposures", "get">;
type Row = Exposures["by_symbol"][number];

const amount = (key: "long" | "short" | "gross" | "net" | "reach", title: string, wide: boolean): Column<Row> => ({
  key,
  title,
  number: true,
  wide,
  value: (row) => row[key],
  cell: (row) => <Money value={row[key]} places={2} />,
});
const COLUMNS: readonly Column<Row>[] = [
  { key: "name", title: "Name", value: (row) => row.name, width: 140 },
  amount("long", "Long", true),
  amount("short", "Short", true),
  amount("gross", "Gross", false),
  amount("net", "Net", true),
  amount("reach", "With orders", true),
  { key: "share", title: "Of gross", number: true, value: (row) => row.share, cell: (row) => <UseBar share={row.share} label={`Share of ${row.name}`} plain />, width: 180 },
];

/** What is held: by symbol, strategy and currency. */
export function Exposure(): React.ReactElement {
  const exposures = useFollowed("/api/v1/risk/exposures", "exposures");
  return (
    <div className="flex flex-col gap-3 pt-3">
      <Answered of={exposures}>
        {(held) => (
          <>
            <p className="text-soft">
              In {held.currency}, at the middle of the market. Long and short are sizes, gross is their sum, net their difference; “with orders” is what all open orders can make of it.
              {held.gross === null ? " A price is missing, so sums are not known." : ""}
            </p>
            {held.by_symbol.length === 0 ? (
              <Card>
                <Empty title="Nothing is held">Exposure begins with the first fill.</Empty>
              </Card>
            ) : (
              <Grid>
                <Part title="By symbol" id="exposure.symbol" rows={held.by_symbol} />
                <Part title="By strategy" id="exposure.strategy" rows={held.by_strategy} />
                <Part title="By currency" id="exposure.currency" rows={held.by_currency} />
              </Grid>
            )}
          </>
        )}
      </Answered>
    </div>
  );
}

function Part({ title, id, rows }: { title: string; id: string; rows: readonly Row[] }): React.ReactElement {
  return (
    <Card title={title} span={12} flush>
      <DataTable id={id} label={title.toLowerCase()} rows={rows} columns={COLUMNS} rowKey={(row) => row.name} height={Math.min(Math.max(rows.length, 1), 12)} plain />
    </Card>
  );
}
