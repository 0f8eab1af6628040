"""Numbers of the fields and types of the messages that are spoken here, by their names in FIX 4.4."""

from __future__ import annotations

from typing import Final

BEGIN: Final = b"FIX.4.4"

# Standard header and session
BEGIN_STRING: Final = 8
MSG_SEQ_NUM: Final = 34
MSG_TYPE: Final = 35
POSS_DUP: Final = 43
SENDER: Final = 49
SENDING_TIME: Final = 52
TARGET: Final = 56
POSS_RESEND: Final = 97
ORIG_SENDING_TIME: Final = 122
BEGIN_SEQ_NO: Final = 7
END_SEQ_NO: Final = 16
NEW_SEQ_NO: Final = 36
GAP_FILL: Final = 123
REF_SEQ_NUM: Final = 45
REF_TAG: Final = 371
REF_MSG_TYPE: Final = 372
REJECT_REASON: Final = 373
ENCRYPT_METHOD: Final = 98
HEARTBEAT: Final = 108
TEST_REQ_ID: Final = 112
RESET: Final = 141
USERNAME: Final = 553
PASSWORD: Final = 554
CANCEL_ON_DISCONNECT: Final = 8013  # as other exchanges have it: a field of their own
TEXT: Final = 58
BUSINESS_REF: Final = 379
BUSINESS_REASON: Final = 380

# Orders
AVG_PX: Final = 6
CL_ORD_ID: Final = 11
COMMISSION: Final = 12
COMM_TYPE: Final = 13
CUM_QTY: Final = 14
EXEC_ID: Final = 17
EXEC_INST: Final = 18
LAST_PX: Final = 31
LAST_QTY: Final = 32
ORDER_ID: Final = 37
ORDER_QTY: Final = 38
ORD_STATUS: Final = 39
ORD_TYPE: Final = 40
ORIG_CL_ORD_ID: Final = 41
PRICE: Final = 44
SIDE: Final = 54
SYMBOL: Final = 55
TIME_IN_FORCE: Final = 59
TRANSACT_TIME: Final = 60
STOP_PX: Final = 99
CXL_REASON: Final = 102
ORD_REASON: Final = 103
MAX_FLOOR: Final = 111
EXEC_TYPE: Final = 150
LEAVES_QTY: Final = 151
CASH_ORDER_QTY: Final = 152
RESTATEMENT: Final = 378
CXL_RESPONSE_TO: Final = 434
COMM_CURRENCY: Final = 479
MASS_CANCEL_TYPE: Final = 530
MASS_CANCEL_RESPONSE: Final = 531
MASS_CANCEL_REASON: Final = 532
AFFECTED: Final = 533
MASS_STATUS_ID: Final = 584
MASS_STATUS_TYPE: Final = 585
WORKING: Final = 636
ORD_STATUS_REQ_ID: Final = 790
LIQUIDITY: Final = 851
TOTAL_REPORTS: Final = 911
LAST_REPORT: Final = 912

# Market data
MD_REQ_ID: Final = 262
MD_REQUEST_TYPE: Final = 263
MD_DEPTH: Final = 264
MD_UPDATE_TYPE: Final = 265
MD_TYPES: Final = 267
MD_ENTRIES: Final = 268
MD_TYPE: Final = 269
MD_PRICE: Final = 270
MD_SIZE: Final = 271
MD_DATE: Final = 272
MD_TIME: Final = 273
MD_ENTRY_ID: Final = 278
MD_ACTION: Final = 279
MD_REJECT_REASON: Final = 281
SYMBOLS: Final = 146

# Reasons of a session-level reject (373)
MISSING: Final = 1
BAD_TAG: Final = 0
NO_VALUE: Final = 4
WRONG_VALUE: Final = 5
WRONG_FORMAT: Final = 6
WRONG_COMP_ID: Final = 9
WRONG_TIME: Final = 10
REPEATED: Final = 13
WRONG_COUNT: Final = 16

# Types of messages
HEARTBEAT_MSG: Final = "0"
TEST_REQUEST: Final = "1"
RESEND_REQUEST: Final = "2"
REJECT: Final = "3"
SEQUENCE_RESET: Final = "4"
LOGOUT: Final = "5"
EXECUTION: Final = "8"
CANCEL_REJECT: Final = "9"
LOGON: Final = "A"
NEW_ORDER: Final = "D"
CANCEL: Final = "F"
REPLACE: Final = "G"
STATUS: Final = "H"
MARKET_DATA: Final = "V"
SNAPSHOT: Final = "W"
INCREMENT: Final = "X"
MARKET_DATA_REJECT: Final = "Y"
MASS_STATUS: Final = "AF"
BUSINESS_REJECT: Final = "j"
MASS_CANCEL: Final = "q"
MASS_CANCEL_REPORT: Final = "r"

ADMIN: Final = frozenset(
    {HEARTBEAT_MSG, TEST_REQUEST, RESEND_REQUEST, REJECT, SEQUENCE_RESET, LOGOUT, LOGON},
)
