"use client";

import { useState } from "react";
import { useCommand } from "@/shared/api";
import { counted } from "@/shared/format";
import { Button, ButtonLink, Confirm, Dialog, FailedLine, IconButton, toast } from "@/shared/ui";
import { isOpen } from "../markets/live";
import type { Order } from "../markets/types";
import { ChangeOrder } from "./change";
import { mayChange } from "./change-logic";
import { protectionOf } from "./protection";

const CHANGES = ["/api/v1/orders"];

/** Change and cancel, at the end of a row. */
export function OrderActs({ order }: { order: Order }): React.ReactElement | null {
  const [changing, setChanging] = useState(false);
  const [sure, setSure] = useState(false);
  const protects = protectionOf(order);
  const cancel = useCommand("delete", "/api/v1/orders/{order_id}", { changes: CHANGES, onDone: () => { setSure(false); toast.done(`Order ${order.order_id} was asked to end`, protects?.follows); } });
  const open = isOpen(order);
  if (!open && !changing) return null; // a change may end the order before it sends another
  const end = (): void => void cancel.run({ params: { order_id: order.order_id } as never, body: {} as never });
  return (
    <>
      {open && mayChange(order) ? <IconButton small icon="settings" label={`Change order ${order.order_id}`} onClick={() => setChanging(true)} /> : null}
      {open ? <IconButton small icon="bin" label={`Cancel order ${order.order_id}`} busy={cancel.busy} onClick={() => (protects ? setSure(true) : end())} /> : null}
      {protects ? (
        <Confirm open={sure} onOpenChange={setSure} title={`Cancel the ${order.role} of a position`} action={`Cancel order ${order.order_id} all the same`} busy={cancel.busy} problem={cancel.problem} onConfirm={end}>
          <p>{protects.guards} {protects.follows}</p>
          <p className="my-2">{protects.rid}</p>
          <ButtonLink small href={protects.href}>{protects.where}</ButtonLink>
        </Confirm>
      ) : null}
      {cancel.problem && !protects ? <Refused problem={cancel.problem} order={order} onClose={cancel.reset} /> : null}
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

/** Ends all orders of a scope, after a question. */
export function CancelAll({ scope = "all", what, count }: { scope?: string; what: string; count: number }): React.ReactElement {
  const [sure, setSure] = useState(false);
  const command = useCommand("post", "/api/v1/orders/cancel-all", { changes: CHANGES, onDone: () => { setSure(false); toast.done(`${what} were asked to end`); } });
  return (
    <>
      <Button small disabled={count === 0} onClick={() => setSure(true)}>Cancel all</Button>
      <Confirm open={sure} onOpenChange={setSure} title={`Cancel ${what}`} action={`Cancel ${counted(count, "orders")}`} busy={command.busy} problem={command.problem} onConfirm={() => void command.run({ body: { scope } as never })}>
        Orders that protect a position stay. What has been filled stays filled.
      </Confirm>
    </>
  );
}
