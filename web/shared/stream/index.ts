export { clockOffset, serverNow } from "./clock";
export type { ChannelState, View } from "./channel";
export { onStreamEnd, stream, useChannel, useLine, useNow, useRow, useRows, useValue, type Seen } from "./hooks";
export type { Line } from "./stream";
