"""One order of a member while it lives and after, in the units of contracts."""

from __future__ import annotations

import msgspec

from parrot.contracts.exchange import Execution, NewOrder, OrderState, Stage


class Standing(msgspec.Struct, kw_only=True, gc=False):
    """An order; `handle` is the engine's, 0 while it has none.

    `known` says that its acceptance was told. A sleeping order has `aside` set aside until it is `awake`.
    """

    order_id: int
    member: int
    symbol: int
    order: NewOrder
    client_id: str
    quantity: int
    limit: int
    created: int
    updated: int
    stage: Stage = Stage.NEW
    filled: int = 0
    quote_filled: int = 0
    list_id: int = -1
    working_since: int = 0
    triggered: bool = False
    prevented: int = 0
    expiry: str = ""
    replaces: int = 0
    replaced_by: int = 0
    amends: int = 0
    handle: int = 0
    ended: bool = False
    known: bool = False
    awake: bool = False
    aside: int = 0

    def state(self, account: str, executions: tuple[Execution, ...] = ()) -> OrderState:
        """The order as it stands now."""
        return OrderState(
            order_id=self.order_id,
            account=account,
            order=self.order,
            client_id=self.client_id,
            stage=self.stage,
            quantity=self.quantity,
            filled=self.filled,
            quote_filled=self.quote_filled,
            limit=self.limit,
            list_id=self.list_id,
            created=self.created,
            updated=self.updated,
            working_since=self.working_since,
            triggered=self.triggered,
            prevented=self.prevented,
            expiry=self.expiry,
            replaces=self.replaces,
            replaced_by=self.replaced_by,
            amends=self.amends,
            executions=executions,
        )
