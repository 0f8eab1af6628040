// What stands on the canvas: one object that owns the library's chart and is told what changed.

import type { IChartApi, IPriceLine, ISeriesApi, ISeriesMarkersPluginApi, SeriesMarker, Time } from "lightweight-charts";
import { candleOptions, chartOptions, type Colours, type Library } from "@/shared/charts";
import { forChart, written } from "@/shared/format";
import { IN_SIGHT, pointOf, secondOf, type Mark } from "./chart-data";
import { label } from "./indicators";
import type { Candle, Indicator, Order } from "./types";

const TAIL = 5;
const NAMED_MOST = 3; // of stops and takes: labels at one edge would cover one another
const TONES = ["accent", "warn", "text", "soft"] as const;

/** What is under the crosshair: the second of a candle, or undefined beside the chart. */
export type OnCrosshair = (second: number | undefined) => void;

interface Lines {
  series: ISeriesApi<"Line" | "Histogram">[];
  sign: string;
}

export class Drawing {
  readonly chart: IChartApi;
  private readonly candles: ISeriesApi<"Candlestick">;
  private readonly volume: ISeriesApi<"Histogram">;
  private readonly marks: ISeriesMarkersPluginApi<Time>;
  private drawn = { first: 0, length: 0, last: 0, volume: true };
  private readonly indicators = new Map<string, Lines>();
  private prices: IPriceLine[] = [];
  private fresh = true;

  constructor(
    private readonly library: Library,
    host: HTMLElement,
    private readonly colours: Colours,
    tick: string,
    private readonly handlers: { onCrosshair: OnCrosshair; onStart: () => void },
  ) {
    this.chart = library.createChart(host, chartOptions(colours));
    this.chart.timeScale().applyOptions({ maxBarSpacing: 16 });
    const minMove = forChart(tick);
    const precision = tick.split(".")[1]?.length ?? 0;
    this.candles = this.chart.addSeries(library.CandlestickSeries, { ...candleOptions(colours), priceFormat: { type: "price", minMove, precision } });
    this.volume = this.chart.addSeries(library.HistogramSeries, { priceScaleId: "volume", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false });
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.marks = library.createSeriesMarkers(this.candles, []);
    this.chart.subscribeCrosshairMove(({ time }) => this.handlers.onCrosshair(time === undefined ? undefined : Number(time)));
    this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range && range.from < 10) this.handlers.onStart();
    });
  }

  /** Draws candles: only the end of them where the rest is what it was. */
  setCandles(rows: readonly Candle[], showVolume: boolean): void {
    const [first, last] = [rows[0]?.ts ?? 0, rows.at(-1)?.ts ?? 0];
    const grown = rows.length - this.drawn.length;
    const same = !this.fresh && this.drawn.volume === showVolume && this.drawn.first === first && grown >= 0 && grown <= TAIL && last >= this.drawn.last && (rows[this.drawn.length - 1]?.ts ?? -1) === this.drawn.last;
    if (same) {
      for (const row of rows.slice(Math.max(0, this.drawn.length - 2))) {
        const before = row.ts < this.drawn.last; // the one before the last may just have closed
        this.candles.update(pointOf(row) as never, before);
        if (showVolume) this.volume.update(this.bar(row) as never, before);
      }
    } else {
      this.candles.setData(rows.map(pointOf) as never);
      this.volume.setData((showVolume ? rows.map((row) => this.bar(row)) : []) as never);
    }
    if (this.fresh && rows.length > 0) {
      this.chart.timeScale().setVisibleLogicalRange({ from: rows.length - IN_SIGHT, to: rows.length + 4 });
      this.fresh = false;
    }
    this.drawn = { first, length: rows.length, last, volume: showVolume };
  }

  private bar(row: Candle): { time: number; value: number; color: string } {
    const rises = forChart(row.close) >= forChart(row.open);
    return { time: secondOf(row.ts), value: forChart(row.volume), color: `${rises ? this.colours.gain : this.colours.loss}55` };
  }

  /** Draws the lines of indicators, those of their own scale in panes below. */
  setIndicators(ts: readonly number[], items: readonly Indicator[]): void {
    const wanted = new Set(items.map(({ wanted: choice }) => choice));
    for (const [choice, lines] of this.indicators) {
      if (!wanted.has(choice)) {
        lines.series.forEach((series) => this.chart.removeSeries(series));
        this.indicators.delete(choice);
      }
    }
    items.forEach((item, place) => {
      const known = this.indicators.get(item.wanted) ?? this.add(item, place);
      item.lines.forEach((line, index) => {
        const points = ts.flatMap((ns, row) => {
          const value = line.values[row];
          return value == null ? [] : [{ time: secondOf(ns), value, ...(line.name === "histogram" ? { color: `${value >= 0 ? this.colours.gain : this.colours.loss}88` } : {}) }];
        });
        known.series[index]?.setData(points as never);
      });
    });
  }

  private add(item: Indicator, place: number): Lines {
    const pane = item.on_price ? 0 : this.chart.panes().length;
    const series = item.lines.map((line, index) => {
      const options = { color: this.colours[TONES[(place + index) % TONES.length] ?? "accent"], lineWidth: 1 as const, lineStyle: item.on_price && index !== 1 && item.lines.length === 3 ? 2 : 0, lastValueVisible: !item.on_price, priceLineVisible: false, title: item.on_price ? "" : index === 0 ? label(item.wanted) : line.name, crosshairMarkerVisible: false };
      return line.name === "histogram" ? this.chart.addSeries(this.library.HistogramSeries, { lastValueVisible: false, priceLineVisible: false }, pane) : this.chart.addSeries(this.library.LineSeries, options, pane);
    });
    this.chart.panes().forEach((one, index) => one.setStretchFactor(index === 0 ? 4 : 1));
    const lines = { series, sign: item.wanted };
    this.indicators.set(item.wanted, lines);
    return lines;
  }

  /** Draws fills and signals: arrows with text, buys below and sells above. */
  setMarks(marks: readonly Mark[]): void {
    this.marks.setMarkers(
      marks.map((mark): SeriesMarker<Time> => {
        const buys = mark.side === "buy";
        const colour = mark.kind === "signal" ? this.colours.soft : buys ? this.colours.gain : this.colours.loss;
        return { time: mark.time as Time, position: buys ? "belowBar" : "aboveBar", shape: mark.kind === "signal" ? "circle" : buys ? "arrowUp" : "arrowDown", color: colour, text: mark.text, id: mark.id, size: (mark.text === "" ? 0.4 : 0.8) * (mark.kind === "signal" ? 0.3 : 1) };
      }),
    );
  }

  /** Draws open orders as lines at their prices. */
  setOrders(orders: readonly Order[]): void {
    this.prices.forEach((line) => this.candles.removePriceLine(line));
    this.prices = orders.flatMap((order) => {
      const price = order.limit ?? order.trigger;
      if (price === null) return [];
      const named = orders.length <= NAMED_MOST || order.role === "plain";
      const title = named ? `${order.side} ${written(order.quantity)}${order.limit === null ? " stop" : ""}` : "";
      return [this.candles.createPriceLine({ price: forChart(price), color: order.side === "buy" ? this.colours.gain : this.colours.loss, lineWidth: 1, lineStyle: 2, axisLabelVisible: named, title })];
    });
  }

  /** Shows the newest candles again. */
  toEnd(): void {
    this.chart.timeScale().scrollToRealTime();
  }

  remove(): void {
    this.chart.remove();
  }
}
