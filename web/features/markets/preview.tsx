"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call, type Problem } from "@/shared/api";
import { multiply, signOf, written } from "@/shared/format";
import { Badge, FailedLine, Icon, Money, names, Price, Quantity } from "@/shared/ui";
import type { OrderFields } from "./ticket-logic";
import type { Market, Preview } from "./types";

const PAUSE_MS = 200;
const AGAIN_MS = 2_500;

/** The value once it has stood still for a moment. */
export function useSettled<T>(value: T, pause_ms = PAUSE_MS): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause_ms);
    return () => clearTimeout(timer);
  }, [value, pause_ms]);
  return settled;
}

/** What the server says of an order that is thought of; asked anew while the market moves. Nothing is recorded. */
export function usePreview(order: OrderFields | undefined): { preview: Preview | undefined; problem: Problem | null; fits: boolean } {
  const text = useSettled(order ? JSON.stringify(order) : "");
  const asked = useQuery<Preview, Problem>({
    queryKey: ["preview", text],
    queryFn: ({ signal }) => call("post", "/api/v1/orders/preview", { body: JSON.parse(text), signal, passive: true }),
    enabled: text !== "",
    refetchInterval: AGAIN_MS,
    placeholderData: (before) => before,
    retry: false,
    gcTime: 0,
  });
  const fits = order !== undefined && text === JSON.stringify(order) && !asked.isPlaceholderData;
  return { preview: text === "" || !order ? undefined : asked.data, problem: text === "" || !order ? null : asked.error, fits };
}

/** Cost, balances and verdict of an order, before it is sent. */
export function PreviewOf({ preview, problem, market }: { preview: Preview | undefined; problem: Problem | null; market: Market }): React.ReactElement {
  if (problem) return <FailedLine problem={problem} writes={false} />;
  if (!preview) return <p className="text-soft">Cost, balances and the verdict of risk appear here as you type.</p>;
  const { estimate, balances, base, quote } = preview;
  const buys = preview.side === "buy";
  return (
    <div className="flex flex-col gap-3">
      <VerdictOf preview={preview} />
      {estimate ? (
        <Costs
          items={[
            [buys ? "Pay about" : "Get about", <Money key="total" value={estimate.total} currency={quote} places={2} />],
            ["At", <Price key="price" value={estimate.price} tick={market.tick} currency={quote} />],
            [`Fee at ${written(multiply(estimate.fee_rate, "100"))} %`, <Money key="fee" value={estimate.fee} currency={quote} places={3} />],
            ...(estimate.slippage_bps === null ? [] : [["Slippage", <Slippage key="slippage" bps={estimate.slippage_bps} money={estimate.slippage} quote={quote} />] as const]),
            ...(signOf(estimate.rests) > 0 && signOf(estimate.taken) > 0 ? [["Taken now", <Quantity key="taken" value={estimate.taken} unit={base} />] as const] : []),
            ...(signOf(estimate.rests) > 0 ? [["Rests in the book", <Quantity key="rests" value={estimate.rests} unit={base} />] as const] : []),
            ...(signOf(estimate.unmet) > 0 ? [["Finds nobody", <Quantity key="unmet" value={estimate.unmet} unit={base} />] as const] : []),
            ...(preview.reserved === null ? [] : [["Set aside", <Money key="reserved" value={preview.reserved} currency={preview.currency ?? ""} places={preview.currency === quote ? 2 : 8} />] as const]),
          ]}
        />
      ) : (
        <p className="text-soft">There is no market to measure the cost with.</p>
      )}
      {estimate?.note || preview.waits_for ? (
        <p className="text-small text-faint">
          {preview.waits_for ? `It waits for ${preview.waits_for}. ` : ""}
          {estimate?.note ? `${estimate.note.charAt(0).toUpperCase()}${estimate.note.slice(1)}.` : ""}
        </p>
      ) : null}
      <table className="w-full text-small">
        <thead>
          <tr className="text-soft">
            <th scope="col" className="text-left font-normal">Available</th>
            <th scope="col" className="pl-2 text-right font-normal">now</th>
            <th scope="col" className="pl-2 text-right font-normal">after</th>
          </tr>
        </thead>
        <tbody>
          {balances.map(({ currency, available, after }) => (
            <tr key={currency}>
              <th scope="row" className="text-left font-normal">{currency}</th>
              <td className="number pl-2 text-right">{written(available, { places: currency === quote ? 2 : 5 })}</td>
              <td className={names("number pl-2 text-right", signOf(after) < 0 && "text-loss")}>{written(after, { places: currency === quote ? 2 : 5 })}</td>
            </tr>
          ))}
          <tr>
            <th scope="row" className="text-left font-normal">Position</th>
            <td className="number pl-2 text-right">{written(preview.position, { places: 5 })}</td>
            <td className="number pl-2 text-right">{written(preview.position_after, { places: 5 })}</td>
          </tr>
        </tbody>
      </table>
      <Gates preview={preview} />
    </div>
  );
}

/** Names and values, each row on its own: a ticket is narrow, and a long name takes no room from the other rows. */
function Costs({ items }: { items: readonly (readonly [string, React.ReactNode])[] }): React.ReactElement {
  return (
    <dl className="flex flex-col gap-y-1">
      {items.map(([name, value]) => (
        <div key={name} className="flex flex-wrap gap-x-2">
          <dt className="text-soft">{name}</dt>
          <dd className="ml-auto text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Slippage({ bps, money, quote }: { bps: string; money: string | null; quote: string }): React.ReactElement {
  return (
    <span className="number" title={money === null ? undefined : `${written(money, { places: 4 })} ${quote} worse than the middle of the market`}>
      {written(bps)} bps
    </span>
  );
}

/** Whether risk would let it pass, in one sentence. */
export function VerdictOf({ preview }: { preview: Preview }): React.ReactElement {
  const { verdict } = preview;
  return (
    <div className={names("flex items-start gap-2 rounded border p-2", verdict.approved ? "border-line" : "border-loss bg-loss-wash")}>
      <span className={names("mt-0.5", verdict.approved ? "text-gain" : "text-loss")}>
        <Icon name={verdict.approved ? "check" : "stop"} />
      </span>
      <div className="min-w-0 break-words">
        <div className="font-strong">{verdict.approved ? "Risk lets it pass" : verdict.rule === "fields" ? "It is not right yet" : "It would be refused"}</div>
        {verdict.approved ? null : <div>{verdict.text}</div>}
      </div>
    </div>
  );
}

function Gates({ preview }: { preview: Preview }): React.ReactElement | null {
  if (preview.gates.length === 0) return null;
  const refused = preview.gates.filter(({ passed }) => !passed).length;
  return (
    <details>
      <summary className="text-soft">
        {preview.gates.length} gates of risk looked{refused ? `, ${refused} object` : ", none objects"}
      </summary>
      <ul className="mt-2 flex flex-col gap-1 text-small">
        {preview.gates.map((gate) => (
          <li key={`${gate.rule} ${gate.scope}`} className="flex items-start gap-2">
            <Badge tone={gate.passed ? "neutral" : "loss"}>{gate.passed ? "passes" : "objects"}</Badge>
            <span className="min-w-0 break-words">{gate.text}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
