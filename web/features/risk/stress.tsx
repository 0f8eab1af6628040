"use client";

import type { Answer } from "@/shared/api";
import { useFollowed } from "@/shared/api/followed";
import { divide, negate } from "@/shared/format";
import { Answered, Card, Empty, Money, Percent, Price, Quantity } from "@/shared/ui";

type Found = Answer<"/api/v1/risk/stress", "get">;
type Shock = Found["shocks"][number];

/** What a fall of prices would cost: each symbol alone, then all together. */
export function Stress(): React.ReactElement {
  const stress = useFollowed("/api/v1/risk/stress", "stress");
  return (
    <div className="flex flex-col gap-3 pt-3">
      <p className="text-soft">Result = position × mark × move, in the account’s currency; each symbol alone while the others stay, then the sum of all. Open orders are not counted, nor fees and the way down.</p>
      <Answered of={stress}>
        {(found) => (
          <Card flush title={`If prices fall, in ${found.currency}`} foot={found.unpriced.length ? `No price is known for ${found.unpriced.join(", ")}: sums are not known.` : "A fall makes short positions win."}>
            {found.shocks.length === 0 ? <Empty title="Nothing is held">A fall of prices would cost nothing.</Empty> : <Falls found={found} />}
          </Card>
        )}
      </Answered>
    </div>
  );
}

function Falls({ found }: { found: Found }): React.ReactElement {
  const moves = found.together.map(({ move }) => move);
  const symbols = [...new Set(found.shocks.map(({ symbol }) => symbol))];
  const of = (symbol: string, move: string): Shock | undefined => found.shocks.find((shock) => shock.symbol === symbol && shock.move === move);
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="What a fall would cost">
      <table className="w-full">
        <thead>
          <tr className="border-b text-right text-small text-soft">
            <th className="px-3 py-1 text-left font-normal">Symbol</th>
            <th className="px-3 py-1 font-normal">Position</th>
            <th className="px-3 py-1 font-normal phone:hidden">Mark</th>
            {moves.map((move) => (
              <th key={move} className="px-3 py-1 font-normal">
                at <Percent value={move} places={0} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {symbols.map((symbol) => {
            const first = of(symbol, moves[0] ?? "");
            return (
              <tr key={symbol} className="h-[var(--row)] border-b text-right">
                <th scope="row" className="px-3 text-left font-normal">{symbol}</th>
                <td className="px-3"><Quantity value={first?.position} /></td>
                <td className="px-3 phone:hidden"><Price value={first?.mark} /></td>
                {moves.map((move) => (
                  <td key={move} className="px-3"><Money value={of(symbol, move)?.result} places={2} change /></td>
                ))}
              </tr>
            );
          })}
          <tr className="h-[var(--row)] border-b text-right font-strong">
            <th scope="row" className="px-3 text-left">All together</th>
            <td className="px-3" />
            <td className="px-3 phone:hidden" />
            {found.together.map((shock) => (
              <td key={shock.move} className="px-3"><Money value={shock.result} places={2} change /></td>
            ))}
          </tr>
          <tr className="h-[var(--row)] text-right text-soft">
            <th scope="row" className="px-3 text-left font-normal">of equity</th>
            <td className="px-3" />
            <td className="px-3 phone:hidden" />
            {found.together.map((shock) => (
              <td key={shock.move} className="px-3"><Percent value={shareOf(shock.result, found.equity)} /></td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

/** A result as a share of equity; nothing where one of them is not known. */
export function shareOf(result: string | null, equity: string | null): string | null {
  if (result === null || equity === null) return null;
  const size = result.startsWith("-") ? negate(result) : result;
  const share = divide(size, equity, 8);
  return share === undefined ? null : result.startsWith("-") ? negate(share) : share;
}
