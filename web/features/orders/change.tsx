"use client";

import { useMemo, useRef, useState } from "react";
import { asProblem, call, refresh, useCommand, type Answer, type Problem } from "@/shared/api";
import { useQueryClient } from "@tanstack/react-query";
import { written } from "@/shared/format";
import { Button, Dialog, FailedLine, NumberField, toast, useForm } from "@/shared/ui";
import { isOpen } from "../markets/live";
import { IntentKey, passedFault } from "../markets/ticket-logic";
import type { Order, Preview } from "../markets/types";
import { amendment, changeFaults, changeOf, fieldsOf, movesTrigger, successor, triggerStays, type Change } from "./change-logic";

const CHANGES = ["/api/v1/orders"];
const ENDS_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 200;

/** Another quantity, limit or trigger for an order that works; risk looks at what grows. */
export function ChangeOrder({ order, onClose }: { order: Order; onClose: () => void }): React.ReactElement {
  const initial = useMemo(() => changeOf(order), [order.order_id]); // as it stood when the dialog opened
  const amend = useCommand("patch", "/api/v1/orders/{order_id}", { changes: CHANGES, onDone: () => { toast.done(`Order ${order.order_id} is being changed`); onClose(); } });
  const renew = useRenewal(order, onClose);
  const problem = amend.problem ?? renew.problem;
  const checks = useMemo(() => (values: Change) => changeFaults(order, values), [order]);
  const form = useForm<Change>(initial, checks, problem);
  const has = fieldsOf(order);
  const stays = triggerStays(order);
  const moves = movesTrigger(order, form.values);
  const send = (): void => {
    if (!form.valid()) return;
    const body = amendment(order, form.values);
    if (moves || renew.ended) void renew.run(form.values);
    else if (Object.keys(body).length === 0) onClose();
    else void amend.run({ params: { order_id: order.order_id } as never, body: body as never });
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={`Change order ${order.order_id}`} about={`${order.side} ${written(order.quantity)} ${order.symbol}, ${written(order.filled)} filled.`}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {has.trigger ? <NumberField label="Trigger" readOnly={stays !== undefined} hint={stays ? `It cannot be moved here: ${stays}.` : undefined} {...form.field("trigger")} /> : null}
        {has.limit ? <NumberField label="Limit" {...form.field("limit")} /> : null}
        <NumberField label="Whole quantity, filled parts included" readOnly={order.parent > 0} hint={order.parent > 0 ? "It follows the position." : undefined} {...form.field("quantity")} />
        {moves || renew.ended ? (
          <p role="status" className="text-warn">
            {renew.ended ? `Order ${order.order_id} is cancelled, and nothing stands in its place yet.` : `A trigger is not moved in place: order ${order.order_id} is cancelled, and a new one is sent as soon as it has ended. In between nothing of it works.`}
          </p>
        ) : null}
        <FailedLine problem={form.refused} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{renew.ended ? "Leave it cancelled" : "Leave it"}</Button>
          <Button type="submit" kind="primary" busy={amend.busy || renew.busy} disabled={!form.dirty}>
            {renew.ended ? "Send the new order" : moves ? "Cancel it and send a new one" : "Change the order"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The order as it stands once it has ended; undefined when it did not end in time. */
async function ended(order_id: number, within_ms: number): Promise<Order | undefined> {
  const until = Date.now() + within_ms;
  for (;;) {
    const now = await call("get", "/api/v1/orders/{order_id}", { params: { order_id }, passive: true }) as Order;
    if (!isOpen(now)) return now;
    if (Date.now() >= until) return undefined;
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}

interface Renewal {
  run: (values: Change) => Promise<void>;
  busy: boolean;
  problem: Problem | null;
  /** The old order has ended, the new one was not taken. */
  ended: boolean;
}

/** Ends an order and sends its successor: looked at before anything is cancelled, and never sent while the old one may still fill. */
function useRenewal(order: Order, onDone: () => void): Renewal {
  const client = useQueryClient();
  const keys = useRef(new IntentKey());
  const gone = useRef<Order>(undefined);
  const asked = useRef(false);
  const cancel = useCommand("delete", "/api/v1/orders/{order_id}", { changes: CHANGES });
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const looked = async (values: Change): Promise<void> => {
    const wanted = successor(order, values);
    if (!wanted) return;
    const { verdict } = (await call("post", "/api/v1/orders/preview", { body: wanted, passive: true })) as Preview;
    if (verdict.rule === "fields") throw new Error(verdict.text);
    const { items } = (await call("get", "/api/v1/markets", { passive: true })) as Answer<"/api/v1/markets", "get">;
    const market = items.find(({ symbol }) => symbol === wanted.symbol);
    const passed = market && passedFault(wanted, values.trigger, market);
    if (passed) throw new Error(passed);
  };
  const ending = async (): Promise<Order | undefined> => {
    if (asked.current) gone.current ??= await ended(order.order_id, 0); // what has ended meanwhile refuses a second cancel
    if (gone.current) return gone.current;
    if (!(await cancel.run({ params: { order_id: order.order_id } as never, body: { reason: "its place is taken by one with another trigger" } as never }))) return undefined;
    asked.current = true;
    gone.current = await ended(order.order_id, ENDS_WITHIN_MS);
    if (!gone.current) throw new Error(`order ${order.order_id} has not ended yet; nothing new was sent`);
    return gone.current;
  };
  const sending = async (old: Order, values: Change): Promise<void> => {
    const wanted = successor(old, values);
    if (!wanted) toast.note(`Order ${old.order_id} was filled before it could be changed`);
    else {
      const key = keys.current.of(wanted); // the same key again is the same order
      const { order_id } = (await call("post", "/api/v1/orders", { body: { ...wanted, key }, key })) as Answer<"/api/v1/orders", "post">;
      toast.done(`Order ${order_id ?? ""} takes the place of order ${old.order_id}`);
    }
    onDone();
  };
  const run = async (values: Change): Promise<void> => {
    if (state.busy) return;
    setState({ busy: true, problem: null });
    try {
      if (!gone.current) await looked(values);
      const old = await ending();
      if (old) await sending(old, values);
      setState({ busy: false, problem: null });
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (!problem.passing) keys.current.settled();
      if (gone.current) toast.failed(new Error(`order ${order.order_id} is cancelled, and its successor was not taken: ${problem.message}`)); // its row may be gone
      setState({ busy: false, problem });
    } finally {
      await refresh(client, CHANGES);
    }
  };
  return { run, busy: state.busy, problem: state.problem ?? cancel.problem, ended: gone.current !== undefined };
}
