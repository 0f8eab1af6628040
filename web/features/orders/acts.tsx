"use client";

import { useMemo, useState } from "react";
import { useCommand } from "@/shared/api";
import { NO_NUMBER, compare, parseDecimal, written } from "@/shared/format";
import { Button, Confirm, Dialog, FailedLine, IconButton, NumberField, toast, useForm } from "@/shared/ui";
import { isOpen } from "../markets/live";
import type { Order } from "../markets/types";

const CHANGES = ["/api/v1/orders"];
const CHANGEABLE: ReadonlySet<string> = new Set(["accepted", "partially_filled", "held"]);
const ALGOS: ReadonlySet<string> = new Set(["twap", "vwap", "pov", "iceberg"]);

/** Whether an order's quantity or limit can be changed. */
export const mayChange = (order: Order): boolean => CHANGEABLE.has(order.status) && !ALGOS.has(order.kind);

/** Change and cancel, at the end of a row. */
export function OrderActs({ order }: { order: Order }): React.ReactElement | null {
  const [changing, setChanging] = useState(false);
  const cancel = useCommand("delete", "/api/v1/orders/{order_id}", { changes: CHANGES, onDone: () => toast.done(`Order ${order.order_id} was asked to end`) });
  if (!isOpen(order)) return null;
  const press = async (): Promise<void> => {
    const answer = await cancel.run({ params: { order_id: order.order_id } as never, body: {} as never });
    if (!answer) return;
  };
  return (
    <>
      {mayChange(order) ? <IconButton small icon="settings" label={`Change order ${order.order_id}`} onClick={() => setChanging(true)} /> : null}
      <IconButton small icon="bin" label={`Cancel order ${order.order_id}`} busy={cancel.busy} onClick={() => void press()} />
      {cancel.problem ? <Refused problem={cancel.problem} order={order} onClose={cancel.reset} /> : null}
      {changing ? <ChangeOrder order={order} onClose={() => setChanging(false)} /> : null}
    </>
  );
}

function Refused({ problem, order, onClose }: { problem: unknown; order: Order; onClose: () => void }): React.ReactElement {
  return (
    <Dialog open onOpenChange={onClose} title={`Order ${order.order_id} goes on`}>
      <FailedLine problem={problem} />
    </Dialog>
  );
}

interface Change {
  quantity: string;
  limit: string;
}

const fault = (name: string, value: string, needed: boolean): string | undefined => {
  if (value.trim() === "") return needed ? `${name} is missing` : undefined;
  if (!parseDecimal(value)) return NO_NUMBER;
  return compare(value, "0") > 0 ? undefined : `${name} must be above zero`;
};

/** Another quantity or limit for an order that works; risk looks at what grows. */
export function ChangeOrder({ order, onClose }: { order: Order; onClose: () => void }): React.ReactElement {
  const command = useCommand("patch", "/api/v1/orders/{order_id}", { changes: CHANGES, onDone: () => { toast.done(`Order ${order.order_id} is being changed`); onClose(); } });
  const limited = order.limit !== null;
  const initial = useMemo<Change>(() => ({ quantity: order.quantity, limit: order.limit ?? "" }), [order.order_id]); // as it stood when the dialog opened
  const checks = useMemo(() => (values: Change) => ({
    quantity: fault("quantity", values.quantity, true) ?? (compare(values.quantity, order.filled) <= 0 ? `${written(order.filled)} is filled already: ask for more than that, or cancel it` : undefined),
    limit: limited ? fault("limit", values.limit, true) : undefined,
  }), [order.filled, limited]);
  const form = useForm<Change>(initial, checks, command.problem);
  const send = (): void => {
    if (!form.valid()) return;
    const { quantity, limit } = form.values;
    const body = { ...(compare(quantity, initial.quantity) === 0 ? {} : { quantity }), ...(limited && compare(limit, initial.limit) !== 0 ? { limit } : {}) };
    if (Object.keys(body).length === 0) onClose();
    else void command.run({ params: { order_id: order.order_id } as never, body: body as never });
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
        <NumberField label="Whole quantity, filled parts included" {...form.field("quantity")} />
        {limited ? <NumberField label="Limit" {...form.field("limit")} /> : null}
        <FailedLine problem={command.problem} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" kind="primary" busy={command.busy} disabled={!form.dirty}>Change the order</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Ends all orders of a scope, after a question. */
export function CancelAll({ scope = "all", what, count }: { scope?: string; what: string; count: number }): React.ReactElement {
  const [sure, setSure] = useState(false);
  const command = useCommand("post", "/api/v1/orders/cancel-all", { changes: CHANGES, onDone: () => { setSure(false); toast.done(`${what} were asked to end`); } });
  return (
    <>
      <Button small disabled={count === 0} onClick={() => setSure(true)}>Cancel all</Button>
      <Confirm open={sure} onOpenChange={setSure} title={`Cancel ${what}`} action={`Cancel ${count} ${count === 1 ? "order" : "orders"}`} busy={command.busy} problem={command.problem} onConfirm={() => void command.run({ body: { scope } as never })}>
        Orders that protect a position stay. What has been filled stays filled.
      </Confirm>
    </>
  );
}
