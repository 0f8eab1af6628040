"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import { useCommand } from "@/shared/api";
import { useMay } from "@/shared/session";
import { written } from "@/shared/format";
import { Badge, Button, Check, Choice, Confirm, Empty, FailedLine, NumberField, Select, TextField, toast } from "@/shared/ui";
import { PreviewOf, usePreview } from "./preview";
import { BLANK, faults, IntentKey, orderOf, quantityFault, quantityOf, shapeOf, verb, type Kind, type OrderFields, type Ticket as Fields, type Tif, type Wrong } from "./ticket-logic";
import type { Market } from "./types";

const KINDS: readonly (readonly [Kind, string])[] = [
  ["market", "Market"],
  ["limit", "Limit"],
  ["stop", "Stop"],
  ["stop_limit", "Stop-limit"],
  ["trailing", "Trailing stop"],
  ["touch", "If touched"],
  ["touch_limit", "If touched, limit"],
  ["twap", "TWAP: even over time"],
  ["vwap", "VWAP: with the volume"],
  ["pov", "POV: share of the volume"],
  ["iceberg", "Iceberg: shows a part"],
];
const TIFS: Record<Tif, string> = { gtc: "Until cancelled", gtd: "Until a time", day: "This day", ioc: "At once, rest ends", fok: "All at once or not" };

/** A price that was taken from the book; `turn` makes the same price a new pick. */
export interface Pick {
  price: string;
  turn: number;
}

/** The ticket: what is typed is checked and previewed at once, and sent once. */
export function Ticket({ market, pick }: { market: Market; pick: Pick | undefined }): React.ReactElement {
  if (!useMay("orders:write")) return <Empty title="Trading is not yours to do">Your roles let you watch this market. Ask an administrator if you should trade.</Empty>;
  return <Open key={market.symbol} market={market} pick={pick} />;
}

function Open({ market, pick }: { market: Market; pick: Pick | undefined }): React.ReactElement {
  const [ticket, setTicket] = useState<Fields>(BLANK);
  const [touched, setTouched] = useState<ReadonlySet<keyof Fields>>(new Set());
  const [sure, setSure] = useState(false);
  const set = <K extends keyof Fields>(name: K, value: Fields[K]): void => {
    setTicket((before) => ({ ...before, [name]: value }));
    setTouched((before) => new Set(before).add(name));
  };
  useEffect(() => {
    if (pick) setTicket((before) => ({ ...before, limit: pick.price, kind: shapeOf(before.kind).limit ? before.kind : "limit" }));
  }, [pick]);
  const wrong = faults(ticket, market, Date.now());
  const order = orderOf(ticket, market, Date.now());
  const { preview, problem, fits } = usePreview(order);
  const { send, busy, failed } = useSend(order, () => {
    setTicket((before) => ({ ...before, amount: "" }));
    setTouched(new Set());
    setSure(false);
  });
  const refused = fits && preview !== undefined && !preview.verdict.approved;
  const shown: Wrong = Object.fromEntries(Object.entries(wrong).filter(([name]) => touched.has(name as keyof Fields)));
  const served = preview && fits && !preview.verdict.approved && preview.verdict.field ? { [preview.verdict.field === "quantity" ? "amount" : preview.verdict.field]: preview.verdict.text } : {};
  const live = market.mode === "live";
  const press = (): void => {
    setTouched(new Set(Object.keys(BLANK) as (keyof Fields)[]));
    if (!order || refused) return;
    if (live) setSure(true);
    else void send();
  };
  return (
    <form
      aria-label={`Order in ${market.symbol}`}
      className="flex flex-col gap-3 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        press();
      }}
    >
      <Choice bare label="Side" value={ticket.side} onChange={(side) => set("side", side)} options={[["buy", "▲ Buy"], ["sell", "▼ Sell"]]} />
      <Select label="Kind" value={ticket.kind} onChange={(kind) => set("kind", kind)} options={KINDS} />
      <Amounts ticket={ticket} market={market} wrong={{ ...served, ...shown }} set={set} />
      <Details ticket={ticket} wrong={{ ...served, ...shown }} set={set} />
      <Button type="submit" kind={ticket.side === "buy" ? "primary" : "danger"} busy={busy} disabled={refused}>
        {verb(ticket, market)}
      </Button>
      {failed ? <FailedLine problem={failed} /> : null}
      <PreviewOf preview={preview} problem={problem} market={market} />
      <Confirm open={sure} onOpenChange={setSure} title={`Send to ${market.venue}, with real money`} action={verb(ticket, market)} kind={ticket.side === "buy" ? "primary" : "danger"} busy={busy} problem={failed} onConfirm={() => void send()}>
        {sentence(ticket, market, preview?.estimate?.total)}
      </Confirm>
    </form>
  );
}

/** Sends an order once: a second press joins the first, and a broken line sends the same order again. */
function useSend(order: OrderFields | undefined, onDone: () => void): { send: () => Promise<void>; busy: boolean; failed: unknown } {
  const keys = useRef(new IntentKey());
  const command = useCommand("post", "/api/v1/orders", { changes: ["/api/v1/orders", "/api/v1/fills", "/api/v1/positions"] });
  const { problem, reset } = command;
  useEffect(() => {
    if (problem && !problem.passing) keys.current.settled();
  }, [problem]);
  const text = order ? JSON.stringify(order) : "";
  useEffect(() => reset(), [text, reset]);
  const send = async (): Promise<void> => {
    if (!order) return;
    const answer = await command.run({ body: { ...order, key: keys.current.of(order) } as never });
    if (!answer) return;
    keys.current.settled();
    toast.done(`Order ${answer.order_id ?? ""} was taken`, `${order.side} ${written(order.quantity)} ${order.symbol}`);
    onDone();
  };
  return { send, busy: command.busy, failed: problem };
}

const sentence = (ticket: Fields, market: Market, total: string | undefined): string =>
  `${verb(ticket, market)} as a ${KINDS.find(([kind]) => kind === ticket.kind)?.[1].toLowerCase() ?? ticket.kind} order${total ? `, about ${written(total, { places: 2 })} ${market.quote}` : ""}. A fill cannot be taken back.`;

interface Part {
  ticket: Fields;
  wrong: Wrong;
  set: <K extends keyof Fields>(name: K, value: Fields[K]) => void;
}

function Amounts({ ticket, market, wrong, set }: Part & { market: Market }): React.ReactElement {
  const shape = shapeOf(ticket.kind);
  const { base, quote } = market;
  const field = (name: keyof Fields): { value: string; onChange: (text: string) => void; problem: string | undefined } => ({ value: String(ticket[name]), onChange: (text) => set(name, text as never), problem: wrong[name] });
  const quantity = ticket.unit === "quote" && !quantityFault(ticket, market) ? quantityOf(ticket, market) : undefined;
  return (
    <>
      <NumberField label={ticket.unit === "base" ? "Quantity" : "Amount"} unit={ticket.unit === "base" ? base : quote} {...field("amount")} hint={quantity ? `${written(quantity)} ${base}` : undefined} />
      <Choice bare label="The quantity is counted in" value={ticket.unit} onChange={(unit) => set("unit", unit)} options={[["base", `in ${base}`], ["quote", `in ${quote}`]]} />
      {shape.trigger ? <NumberField label="Trigger" unit={quote} {...field("trigger")} /> : null}
      {shape.limit ? <NumberField label="Limit" unit={quote} {...field("limit")} /> : null}
      {shape.trail ? (
        <>
          <NumberField label="Distance" unit={ticket.trailUnit === "percent" ? "%" : quote} {...field("trail")} />
          <Choice bare label="The distance is counted in" value={ticket.trailUnit} onChange={(unit) => set("trailUnit", unit)} options={[["percent", "per cent"], ["price", `in ${quote}`]]} />
        </>
      ) : null}
      {shape.duration ? (
        <div className="grid grid-cols-2 gap-2">
          <NumberField label="Over" unit="minutes" {...field("minutes")} />
          <NumberField label="Parts" {...field("slices")} placeholder="the desk chooses" />
        </div>
      ) : null}
      {shape.participation ? <NumberField label="Share of the volume" unit="%" {...field("participation")} /> : null}
      {shape.display ? <NumberField label="Shown at a time" unit={base} {...field("display")} /> : null}
    </>
  );
}

function Details({ ticket, wrong, set }: Part): React.ReactElement {
  const shape = shapeOf(ticket.kind);
  const options = useMemo(() => shape.tifs.map((tif) => [tif, TIFS[tif]] as const), [shape.tifs]);
  const tif = shape.tifs.includes(ticket.tif) ? ticket.tif : "gtc";
  return (
    <details className="flex flex-col" open={ticket.tif !== "gtc" || ticket.stop !== "" || ticket.take !== "" || undefined}>
      <summary className="text-soft">
        Time in force, stop, take{ticket.postOnly || ticket.reduceOnly ? <span className="ml-2"><Badge>{ticket.postOnly ? "post-only" : "reduce-only"}</Badge></span> : null}
      </summary>
      <div className="mt-3 flex flex-col gap-3">
        <Select label="Time in force" value={tif} onChange={(chosen) => set("tif", chosen)} options={options} />
        {tif === "gtd" ? <TextField type="datetime-local" label="Ends, in your browser's time" value={ticket.until} onChange={(until) => set("until", until)} problem={wrong.until} /> : null}
        {ticket.reduceOnly ? null : (
          <div className="grid grid-cols-2 gap-2">
            <NumberField label="Stop at" value={ticket.stop} onChange={(stop) => set("stop", stop)} problem={wrong.stop} />
            <NumberField label="Take at" value={ticket.take} onChange={(take) => set("take", take)} problem={wrong.take} />
          </div>
        )}
        {ticket.kind === "limit" ? <Check label="Post-only" hint="It is refused rather than taking from the book." value={ticket.postOnly} onChange={(postOnly) => set("postOnly", postOnly)} /> : null}
        <Check label="Reduce-only" hint="It can only make the position smaller." value={ticket.reduceOnly} onChange={(reduceOnly) => set("reduceOnly", reduceOnly)} />
      </div>
    </details>
  );
}
