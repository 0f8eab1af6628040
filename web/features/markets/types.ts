import type { Answer } from "@/shared/api";

export type Market = Answer<"/api/v1/markets", "get">["items"][number];
export type Candle = Answer<"/api/v1/markets/candles", "get">["items"][number];
export type Depth = Answer<"/api/v1/markets/depth", "get">;
export type Print = Answer<"/api/v1/markets/tape", "get">["items"][number];
export type Order = Answer<"/api/v1/orders", "get">["items"][number];
export type Fill = Answer<"/api/v1/fills", "get">["items"][number];
export type Preview = Answer<"/api/v1/orders/preview", "post">;
export type Indicator = Answer<"/api/v1/markets/indicators", "get">["items"][number];
export type KnownIndicator = Answer<"/api/v1/markets/known-indicators", "get">["items"][number];

/** What the stream tells of a quote; a market of GET /markets has the venue's terms beside it. */
export type Quote = Pick<Market, "symbol" | "bid" | "ask" | "bid_size" | "ask_size" | "last" | "ts" | "received_ns" | "valid" | "change" | "change_percent" | "high" | "low" | "volume" | "since_ns">;
