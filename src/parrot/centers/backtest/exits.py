"""Why trades ended where no order of the strategy ended them: its stop, its take-profit, a liquidation."""

from __future__ import annotations

import polars as pl

# A protective order carries the words of the entry that set it; as a reason to leave they would mislead.
_ROLES = {"stop": "protective stop", "take": "take-profit", "liquidation": "liquidation"}


def with_exits_named(trades: pl.DataFrame, fills: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """The trades with `why_exit` naming the protective order that closed them; other reasons stay.

    All three are frames of one result. The n-th closed trade of a symbol ended with the n-th fill that took its
    position to zero or through it (rule R2), whatever else happened at that time.
    """
    if trades.is_empty() or "role" not in orders.columns:
        return trades
    closings = _closings(fills).join(_protective(orders), on="order_id", how="left", maintain_order="left")
    numbered = trades.with_columns(pl.int_range(pl.len()).over("symbol", "open").alias("turn"))
    found = numbered.join(
        closings.select("symbol", "turn", "closed_by", open=pl.lit(value=False)),
        on=["symbol", "turn", "open"],
        how="left",
        maintain_order="left",
    )
    return found.with_columns(pl.coalesce("closed_by", "why_exit").alias("why_exit")).drop("closed_by", "turn")


def _closings(fills: pl.DataFrame) -> pl.DataFrame:
    """Fills that ended a trade, numbered by symbol."""
    before = pl.col("position").shift(1, fill_value=0.0).over("symbol")
    ended = (before != 0) & (pl.col("position").sign() != before.sign())
    return fills.filter(ended).with_columns(pl.int_range(pl.len()).over("symbol").alias("turn"))


def _protective(orders: pl.DataFrame) -> pl.DataFrame:
    """What the orders are called that close a position by themselves; null for others."""
    named = pl.col("role").replace_strict(_ROLES, default=None, return_dtype=pl.String)
    trailing = (pl.col("role") == "stop") & (pl.col("type") == "trailing_stop")
    return orders.select(
        "order_id", pl.when(trailing).then(pl.lit("trailing stop")).otherwise(named).alias("closed_by")
    )
