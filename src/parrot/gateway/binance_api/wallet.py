"""The few `/sapi` answers that clients want before they begin."""

from __future__ import annotations

from typing import Any

from parrot.contracts.exchange import Held
from parrot.gateway.binance_api.amounts import text
from parrot.gateway.binance_api.call import Call


def trade_fees(call: Call) -> list[dict[str, Any]]:
    """GET asset/tradeFee: the rates of every symbol, or of one."""
    one = call.optional_market()
    return [
        {
            "symbol": market.symbol,
            "makerCommission": text(market.maker_fee),
            "takerCommission": text(market.taker_fee),
        }
        for market in ([one] if one else call.venue.markets())
    ]


def coins(call: Call) -> list[dict[str, Any]]:
    """GET capital/config/getall: every asset; nothing can be sent anywhere."""
    return [_coin(one) for one in call.exchange.held(call.account)]


def nothing(_: Call) -> list[Any]:
    """GET margin/allPairs and the like: there is no margin here."""
    return []


def system_status(_: Call) -> dict[str, Any]:
    """GET system/status."""
    return {"status": 0, "msg": "normal"}


def account_status(_: Call) -> dict[str, Any]:
    """GET account/status."""
    return {"data": "Normal"}


def key_rights(call: Call) -> dict[str, Any]:
    """GET account/apiRestrictions: what the key may do."""
    assert call.credential is not None
    return {
        "ipRestrict": False,
        "createTime": call.ticks(call.venue.opened),
        "enableReading": True,
        "enableSpotAndMarginTrading": call.credential.may_trade,
        "enableWithdrawals": call.credential.may_withdraw,
        "enableInternalTransfer": False,
        "permitsUniversalTransfer": False,
        "enableMargin": False,
        "enableFutures": False,
        "enableVanillaOptions": False,
        "enablePortfolioMarginTrading": False,
        "enableFixApiTrade": call.credential.may_trade,
        "enableFixReadOnly": True,
    }


def _coin(one: Held) -> dict[str, Any]:
    zero = "0"
    network = {
        "network": one.asset,
        "coin": one.asset,
        "name": one.asset,
        "isDefault": True,
        "depositEnable": False,
        "withdrawEnable": False,
        "depositDesc": "",
        "withdrawDesc": "",
        "specialTips": "",
        "resetAddressStatus": False,
        "addressRegex": "",
        "memoRegex": "",
        "withdrawFee": zero,
        "withdrawMin": zero,
        "withdrawMax": zero,
        "withdrawIntegerMultiple": "0.00000001",
        "minConfirm": 1,
        "unLockConfirm": 0,
        "sameAddress": False,
        "estimatedArrivalTime": 0,
        "busy": False,
        "contractAddressUrl": "",
        "contractAddress": "",
    }
    return {
        "coin": one.asset,
        "name": one.asset,
        "free": text(one.free),
        "locked": text(one.locked),
        "freeze": zero,
        "withdrawing": zero,
        "ipoing": zero,
        "ipoable": zero,
        "storage": zero,
        "isLegalMoney": False,
        "trading": True,
        "depositAllEnable": False,
        "withdrawAllEnable": False,
        "networkList": [network],
    }
