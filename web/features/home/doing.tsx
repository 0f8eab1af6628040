"use client";

import Link from "next/link";
import { useMemo } from "react";
import { useRows } from "@/shared/stream";
import { Age, Badge, ButtonLink, Card, Count, Empty, Loading, Money, Typed, type Tone } from "@/shared/ui";
import { deeds, type Decision, type Order, type Strategy } from "./rows";

const TONES: Record<string, Tone> = { running: "gain", paused: "warn", stopped: "neutral", failed: "loss" };
const SHOWN = 12;

/** What strategies are doing, and why: their states, and the newest of what they did in words. */
export function Doing(): React.ReactElement {
  const strategies = useRows<Strategy>("strategies");
  const orders = useRows<Order>("orders");
  const decisions = useRows<Decision>("decisions");
  const diary = useMemo(() => deeds(orders.rows, decisions.rows, SHOWN), [orders.rows, decisions.rows]);
  const waiting = strategies.state === "waiting";
  return (
    <Card span={6} title="Strategies: what they do, and why" actions={<ButtonLink small href="/strategies">All</ButtonLink>} flush>
      {waiting ? <Loading rows={6} /> : null}
      {!waiting && strategies.rows.length === 0 ? (
        <Empty title="No strategy is registered" action={<ButtonLink href="/strategies">Choose one</ButtonLink>}>
          A strategy trades on paper until you say otherwise.
        </Empty>
      ) : null}
      <ul>
        {strategies.rows.map((one) => (
          <li key={one.strategy} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-2">
            <Link href={`/strategies?id=${encodeURIComponent(one.strategy)}`} prefetch={false} className="font-strong text-text underline">
              {one.strategy}
            </Link>
            <Badge tone={TONES[one.state] ?? "neutral"}>{one.state}</Badge>
            <span className="text-soft">{one.symbols.join(", ")}</span>
            <span className="ml-auto text-soft">
              <Count value={one.fills} unit="fills" />
            </span>
            {one.profit != null ? <Money value={one.profit} currency={one.currency} places={2} change /> : null}
          </li>
        ))}
      </ul>
      <ol className="h-64 overflow-auto" tabIndex={0} aria-label="What strategies did, newest first">
        {!waiting && diary.length === 0 ? <li className="p-3 text-soft">Nothing yet: the next decision appears here with its reason.</li> : null}
        {diary.map((deed) => (
          <li key={deed.key} className="flex items-start gap-2 px-3 py-1.5">
            <span className="number w-16 shrink-0 text-small text-faint">
              <Age ns={deed.ts} />
            </span>
            <div className="min-w-0">
              <span className="text-soft">{deed.strategy}</span>{" "}
              {deed.order_id ? (
                <Link href={`/orders?id=${deed.order_id}`} prefetch={false} className={deed.good === false ? "text-loss underline" : "text-text underline"}>
                  {deed.text}
                </Link>
              ) : (
                <span className={deed.good === false ? "text-warn" : undefined}>{deed.text}</span>
              )}
              {deed.why ? (
                <span className="text-soft">
                  {": "}
                  <Typed>{deed.why}</Typed>
                </span>
              ) : null}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
