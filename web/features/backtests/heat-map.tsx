import { Percent } from "@/shared/ui";

interface Month {
  year: number;
  month: number;
  growth: number | null;
  trades: number;
}

interface Year {
  year: number;
  growth: number | null;
}

const NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DEEPEST = 0.35; // of colour in its ground: text on it stays readable in every theme

/** Growth by month: the number in each cell, and colour by its size. */
export function HeatMap({ months, years }: { months: readonly Month[]; years: readonly Year[] }): React.ReactElement {
  if (months.length === 0) return <p className="text-soft">The run is shorter than a month.</p>;
  const by = new Map(months.map((one) => [`${one.year}-${one.month}`, one]));
  const most = Math.max(...months.map(({ growth }) => Math.abs(growth ?? 0)), 1e-9);
  const shown = years.length > 0 ? years : [...new Set(months.map(({ year }) => year))].map((year) => ({ year, growth: null }));
  return (
    <div className="overflow-x-auto">
      <table className="number w-full min-w-[760px] border-separate border-spacing-0.5 text-right">
        <thead>
          <tr className="text-small text-soft">
            <th scope="col" className="px-2 text-left font-normal">
              Year
            </th>
            {NAMES.map((name) => (
              <th key={name} scope="col" className="px-2 font-normal">
                {name}
              </th>
            ))}
            <th scope="col" className="px-2 font-normal">
              Year
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ year, growth }) => (
            <tr key={year}>
              <th scope="row" className="px-2 text-left">
                {year}
              </th>
              {NAMES.map((name, at) => {
                const one = by.get(`${year}-${at + 1}`);
                return <Cell key={name} growth={one?.growth ?? null} most={most} title={one ? `${name} ${year}: ${one.trades} trades` : ""} />;
              })}
              <td className="px-2 font-strong">{growth === null ? "\u2013" : <Percent value={growth.toFixed(6)} places={1} change />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ growth, most, title }: { growth: number | null; most: number; title: string }): React.ReactElement {
  if (growth === null) return <td className="px-2 text-faint">{"\u2013"}</td>;
  const share = Math.round((Math.abs(growth) / most) * DEEPEST * 100);
  const ground = growth === 0 ? undefined : { backgroundColor: `color-mix(in srgb, var(--${growth > 0 ? "gain" : "loss"}) ${share}%, transparent)` };
  return (
    <td className="rounded-small px-2 py-1" style={ground} title={title}>
      {growth > 0 ? "+" : growth < 0 ? "\u2212" : ""}
      {(Math.abs(growth) * 100).toFixed(1)}
    </td>
  );
}
