"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { compact, written, writtenTime, zoneName } from "@/shared/format";
import { names } from "@/shared/ui/class-names";
import { axisNumber } from "./axis-number";
import { ChartFrame } from "./frame";
import { useColours, type Colours } from "./theme";

/** One line of a curve. `values` stand beside `times`; null leaves a gap. They are for drawing, so floats are right here. */
export interface Line {
  label: string;
  values: readonly (number | null)[];
  tone?: keyof Colours;
  /** Filled down to zero. */
  area?: boolean;
  /** Steps instead of slopes: values that hold until the next. */
  steps?: boolean;
  bars?: boolean;
  dash?: boolean;
}

interface Shape {
  label: string;
  /** Moments, ns UTC, rising; or plain numbers when `xKind` is "number". */
  times: readonly number[];
  lines: readonly Line[];
  height?: number;
  unit?: string;
  places?: number;
  xKind?: "time" | "number";
  xUnit?: string;
  /** Ends of the horizontal axis when something is chosen by dragging; undefined when all is shown again. */
  onZoom?: (from: number | undefined, to: number | undefined) => void;
}

interface At {
  x: number;
  values: (number | null)[];
}

/** A curve over time (or over a number): crosshair with values, zoom by dragging (double click shows all), full screen, picture, table. */
export function Curve({ label, times, lines, height = 220, unit = "", places = 2, xKind = "time", xUnit = "", onZoom }: Shape): React.ReactElement {
  const colours = useColours();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [at, setAt] = useState<At>();
  const [zoomed, setZoomed] = useState(false);
  const data = useMemo(() => [xKind === "time" ? times.map((ns) => ns / 1e9) : [...times], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData, [times, lines, xKind]);
  const latest = useRef(data);
  latest.current = data;
  const zooming = useRef(onZoom);
  zooming.current = onZoom;
  const shape = JSON.stringify(lines.map(({ label: name, tone, area, steps, bars, dash }) => [name, tone, area, steps, bars, dash]));

  useEffect(() => {
    const place = host.current;
    if (!place || !colours) return;
    const options: uPlot.Options = {
      width: place.clientWidth || 300,
      height: place.clientHeight || height,
      tzDate: (seconds) => (xKind === "time" ? uPlot.tzDate(new Date(seconds * 1000), zoneName()) : new Date(seconds * 1000)),
      cursor: { points: { size: 6 }, drag: { x: true, y: false, uni: 8 } },
      legend: { show: false },
      scales: { x: { time: xKind === "time" } },
      axes: axesOf(colours, xKind, xUnit),
      series: [{}, ...lines.map((line, index) => seriesOf(line, toneOf(line, index), colours))],
      hooks: {
        setCursor: [
          (self) => {
            const index = self.cursor.idx;
            setAt(index == null ? undefined : { x: self.data[0][index] as number, values: lines.map((_, line) => (self.data[line + 1]?.[index] ?? null) as number | null) });
          },
        ],
        setScale: [
          (self, key) => {
            const all = self.data[0];
            const { min, max } = self.scales.x ?? {};
            if (key !== "x" || min == null || max == null || all.length === 0) return;
            const part = min > (all[0] as number) || max < (all[all.length - 1] as number);
            setZoomed(part);
            const factor = xKind === "time" ? 1e9 : 1;
            zooming.current?.(part ? min * factor : undefined, part ? max * factor : undefined);
          },
        ],
      },
    };
    const made = new uPlot(options, latest.current, place);
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: place.clientHeight }));
    sizes.observe(place);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = undefined;
    };
    // The lines' data come by setData below; only their look makes a new plot.
  }, [colours, shape, xKind, xUnit, height]);

  useEffect(() => plot.current?.setData(data, !zoomed), [data, zoomed]);

  const said = (value: number | null | undefined): string => (value == null ? "\u2013" : `${written(value.toFixed(places))}${unit ? ` ${unit}` : ""}`);
  const moment = (x: number): string => (xKind === "time" ? writtenTime(x * 1e9) : `${written(String(x))} ${xUnit}`);
  const last = (line: Line): number | null => line.values.findLast((value) => value != null) ?? null;
  return (
    <ChartFrame
      label={label}
      summary={lines.map((line) => `${line.label}: ${said(line.values.find((value) => value != null))} to ${said(last(line))}`).join("; ")}
      height={height}
      onReset={zoomed ? () => plot.current?.setData(latest.current, true) : undefined}
      table={() => ({ head: [xKind === "time" ? "Time" : xUnit, ...lines.map(({ label: name }) => name)], rows: times.map((x, index) => [moment(xKind === "time" ? x / 1e9 : x), ...lines.map(({ values }) => said(values[index]))]) })}
      tools={
        <div className="number flex min-w-0 flex-wrap gap-x-3 text-small text-soft">
          {lines.map((line, index) => (
            <span key={line.label} className="inline-flex items-center gap-1">
              <span aria-hidden="true" className={names("inline-block h-0.5 w-3", SWATCH[toneOf(line, index)])} />
              {line.label} <b className="text-text">{said(at ? at.values[index] : last(line))}</b>
            </span>
          ))}
          {at ? <span>{moment(at.x)}</span> : null}
        </div>
      }
    >
      {() => <div ref={host} className="h-full w-full" />}
    </ChartFrame>
  );
}

const TONES: readonly (keyof Colours)[] = ["accent", "warn", "soft", "gain", "loss"];
const SWATCH: Record<keyof Colours, string> = { text: "bg-text", soft: "bg-soft", faint: "bg-faint", line: "bg-line", panel: "bg-panel", accent: "bg-accent", gain: "bg-gain", loss: "bg-loss", warn: "bg-warn" };

/** Pixels that the longest label needs; no fewer than keep two curves below one another in line. */
const roomOf = (_: uPlot, labels: readonly string[] | null): number => Math.max(64, ...(labels ?? []).map(({ length }) => 16 + 7.5 * length));

function axesOf(colours: Colours, xKind: "time" | "number", xUnit: string): uPlot.Axis[] {
  const look: uPlot.Axis = { stroke: colours.soft, font: "12px system-ui", grid: { stroke: colours.line, width: 1 }, ticks: { show: false } };
  const day = uPlot.fmtDate("{YYYY}-{MM}-{DD}");
  const minute = uPlot.fmtDate("{HH}:{mm}");
  const second = uPlot.fmtDate("{HH}:{mm}:{ss}");
  const words = (_: uPlot, splits: number[], __: number, ___: number, step: number): string[] =>
    splits.map((seconds) => {
      const date = uPlot.tzDate(new Date(seconds * 1000), zoneName());
      return step >= 86_400 ? day(date) : step >= 60 ? (date.getHours() + date.getMinutes() === 0 ? day(date).slice(5) : minute(date)) : second(date);
    });
  return [
    { ...look, space: 80, size: 28, ...(xKind === "time" ? { values: words } : { values: (_: uPlot, splits: number[]) => splits.map((split) => `${compact(String(split))}${xUnit ? ` ${xUnit}` : ""}`) }) },
    { ...look, side: 1, size: roomOf, space: 32, values: (_, splits) => splits.map((split) => axisNumber(split, splits)) },
  ];
}

const toneOf = (line: Line, index: number): keyof Colours => line.tone ?? TONES[index % TONES.length] ?? "accent";

function seriesOf(line: Line, tone: keyof Colours, colours: Colours): uPlot.Series {
  const stroke = colours[tone];
  return {
    label: line.label,
    stroke,
    width: 1.5,
    points: { show: false },
    spanGaps: false,
    ...(line.dash ? { dash: [4, 4] } : {}),
    ...(line.area ? { fill: `${stroke}22` } : {}),
    ...(line.steps && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
    ...(line.bars && uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.8, 64] }), fill: `${stroke}88` } : {}),
  };
}
