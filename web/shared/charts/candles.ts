// lightweight-charts, loaded when a page first needs it. Its licence (Apache-2.0 with NOTICE) wants the attribution and a link to
// TradingView where people can see them: `ChartNotice` stands below every chart made with it. Its own logo would add a <style> that
// the Content-Security-Policy refuses.

import type { ChartOptions, DeepPartial } from "lightweight-charts";
import { writtenTime } from "@/shared/format";
import type { Colours } from "./theme";

export type Library = typeof import("lightweight-charts");

let loading: Promise<Library> | undefined;

/** The library; fetched once. */
export function chartLibrary(): Promise<Library> {
  loading ??= import("lightweight-charts").catch((thrown: unknown) => {
    loading = undefined;
    throw thrown;
  });
  return loading;
}

/** Options of every chart: our colours, our zone, no logo (see above). Times are seconds UTC. */
export function chartOptions(colours: Colours): DeepPartial<ChartOptions> {
  return {
    autoSize: true,
    layout: { attributionLogo: false, background: { color: colours.panel }, textColor: colours.soft, fontSize: 12, fontFamily: "system-ui, sans-serif", panes: { separatorColor: colours.line } },
    grid: { vertLines: { color: colours.line }, horzLines: { color: colours.line } },
    rightPriceScale: { borderColor: colours.line },
    timeScale: { borderColor: colours.line, timeVisible: true, secondsVisible: true, tickMarkFormatter: (time: unknown) => writtenTime(Number(time) * 1e9, "time").split(" ")[0] ?? "" },
    crosshair: { mode: 0, vertLine: { color: colours.faint, labelBackgroundColor: colours.line }, horzLine: { color: colours.faint, labelBackgroundColor: colours.line } },
    localization: { timeFormatter: (time: unknown) => writtenTime(Number(time) * 1e9) },
  };
}

/** Options of a candle series in our palette. */
export function candleOptions(colours: Colours): Record<string, string | boolean> {
  return { upColor: colours.gain, downColor: colours.loss, borderUpColor: colours.gain, borderDownColor: colours.loss, wickUpColor: colours.gain, wickDownColor: colours.loss };
}
