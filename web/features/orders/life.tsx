"use client";

import { useEffect, useMemo } from "react";
import { refresh, useApi } from "@/shared/api";
import { useQueryClient } from "@tanstack/react-query";
import { useRow } from "@/shared/stream";
import { written } from "@/shared/format";
import { Answered, Badge, Card, Facts, Icon, IconButton, Money, names, Price, Quantity, Time, Typed } from "@/shared/ui";
import { isOpen } from "../markets/live";
import type { Order } from "../markets/types";
import { OrderActs } from "./acts";
import { SideOf, State } from "./columns";
import { stepsOf, whole, type Step } from "./life-data";

/** The life of one order: what it is, what it cost, and every gate that it came to. */
export function Life({ id, mayTrade, onClose }: { id: number; mayTrade: boolean; onClose: () => void }): React.ReactElement {
  const client = useQueryClient();
  const live = useRow<Order>("orders", String(id));
  const asked = useApi("/api/v1/orders/{order_id}", { params: { order_id: id } as never, every_ms: 5_000 });
  const events = useApi("/api/v1/orders/{order_id}/events", { params: { order_id: id } as never, every_ms: 5_000 });
  const changed = live ? `${live.status} ${live.updated}` : "";
  useEffect(() => {
    if (changed) void refresh(client, ["/api/v1/orders/{order_id}"]);
  }, [changed, client]);
  const order = live && asked.data && live.updated > asked.data.updated ? live : asked.data;
  return (
    <Card title={`Order ${id}`} fill actions={<>{order && mayTrade ? <OrderActs order={order} /> : null}<IconButton small icon="close" label="Close the order" onClick={onClose} /></>}>
      <Answered of={{ ...asked, data: order }} rows={8}>
        {(found) => (
          <div className="flex flex-col gap-4">
            <About order={found} />
            <Answered of={events} rows={6}>{({ items }) => <Timeline steps={stepsOf(items)} open={isOpen(found)} />}</Answered>
          </div>
        )}
      </Answered>
    </Card>
  );
}

function About({ order }: { order: Order }): React.ReactElement {
  const fees = Object.entries(order.fees);
  return (
    <Facts
      items={[
        ["State", <State key="state" status={order.status} />],
        ["Order", <span key="order"><SideOf side={order.side} /> {written(order.quantity)} {order.symbol}, {order.kind.replace("_", "-")}, {order.tif.toUpperCase()}{order.post_only ? ", post-only" : ""}{order.reduce_only ? ", reduce-only" : ""}</span>],
        ...(order.limit ? [["Limit", <Price key="limit" value={order.limit} />] as const] : []),
        ...(order.trigger ? [["Trigger", <Price key="trigger" value={order.trigger} />] as const] : []),
        ...(order.stop ? [["Stop", <Price key="stop" value={order.stop} />] as const] : []),
        ...(order.take ? [["Take", <Price key="take" value={order.take} />] as const] : []),
        ["Filled", <span key="filled"><Quantity value={order.filled} /> of {written(order.quantity)}{order.average ? <> at <Price value={order.average} /></> : null}</span>],
        ...(fees.length ? [["Fees", <span key="fees">{fees.map(([currency, fee]) => <Money key={currency} value={fee} currency={currency} className="ml-2" />)}</span>] as const] : []),
        ...(order.slippage_bps ? [["Slippage", <span key="slip" className="number" title="From the middle of the market on arrival; positive is worse">{written(order.slippage_bps)} bps</span>] as const] : []),
        ["By", <Typed key="by">{order.strategy === "manual" ? order.user || "manual" : order.strategy}</Typed>],
        ...(order.why ? [["Why", <Typed key="why">{order.why}</Typed>] as const] : []),
        ...(order.reason ? [["Reason", <Typed key="reason">{order.reason}</Typed>] as const] : []),
        ["Received", <Time key="received" ns={order.ts} millis />],
      ]}
    />
  );
}

function Timeline({ steps, open }: { steps: readonly Step[]; open: boolean }): React.ReactElement {
  const total = useMemo(() => whole(steps), [steps]);
  return (
    <section aria-label="Timeline">
      <h3 className="mb-2 flex items-baseline gap-2 font-strong">
        Timeline <span className="text-small font-normal text-faint">{steps.length} steps{total ? `, ${total} ${open ? "so far" : "in all"}` : ""}</span>
      </h3>
      <ol className="flex flex-col">
        {steps.map((step) => (
          <li key={step.seq} className="relative flex gap-3 pb-4 last:pb-0">
            <span className={names("mt-0.5", step.passed ? "text-soft" : "text-loss")}>
              <Icon name={step.passed ? "check" : "warning"} />
            </span>
            <div className="min-w-0 flex-1">
              <div className="flex flex-wrap items-baseline gap-x-3">
                <span className="font-strong">{step.title}</span>
                {step.passed ? null : <Badge tone="loss">stopped here</Badge>}
                <span className="ml-auto text-small text-soft">{step.after ? <span className="number mr-2" title="Since the step before">+{step.after}</span> : null}<Time ns={step.ts} detail="time" millis /></span>
              </div>
              {step.text ? <p className="break-words text-soft"><Typed>{step.text}</Typed></p> : null}
              <Numbers step={step} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Numbers({ step }: { step: Step }): React.ReactElement | null {
  return (
    <>
      {step.numbers.length > 0 ? (
        <dl className="mt-1 flex flex-wrap gap-x-4 text-small">
          {step.numbers.map(([name, value]) => (
            <div key={name} className="flex gap-1">
              <dt className="text-faint">{name}</dt>
              <dd className="number">{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {step.checks.length > 0 ? (
        <details className="mt-1">
          <summary className="text-small text-soft">{step.checks.length} gates looked</summary>
          <div className="overflow-x-auto">
            <table className="mt-1 w-full text-small">
              <thead>
                <tr className="text-left text-faint">
                  {["Gate", "Scope", "Limit", "Found"].map((title) => (
                    <th key={title} scope="col" className="pr-3 font-normal">{title}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {step.checks.map((check) => (
                  <tr key={check.join(" ")} className="border-t align-top">
                    {check.map((cell, place) => (
                      <td key={place} className="break-words py-0.5 pr-3">{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      ) : null}
    </>
  );
}
