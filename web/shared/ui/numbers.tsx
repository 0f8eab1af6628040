"use client";

import { useSyncExternalStore } from "react";
import { compact, multiply, parseDecimal, signOf, writtenSpan, writtenTime, written, zoneName, type Detail } from "@/shared/format";
import { watchZone } from "@/shared/format/time";
import { useNow } from "@/shared/stream";
import { names } from "./class-names";

type Amount = string | null | undefined;

const NONE = "\u2013";
const arrow = (sign: number): string => (sign > 0 ? "\u25b2" : sign < 0 ? "\u25bc" : "");

interface Shown {
  value: Amount;
  /** A gain or loss: sign, arrow and colour. */
  change?: boolean;
  className?: string;
}

function Number_({ value, text, unit, change = false, className, title }: Shown & { text: string; unit?: string | undefined; title?: string | undefined }): React.ReactElement {
  const seen = change && value && parseDecimal(value) && /[1-9]/.test(text); // what rounds to nothing is neither gain nor loss
  const sign = seen ? signOf(value) : 0;
  const colour = sign > 0 ? "text-gain" : sign < 0 ? "text-loss" : undefined;
  return (
    <span className={names("number", colour, className)} title={title}>
      {sign !== 0 && <span aria-hidden="true" className="mr-0.5 text-small">{arrow(sign)}</span>}
      {text}
      {unit ? <span className="ml-1 text-small text-faint">{unit}</span> : null}
    </span>
  );
}

/** An amount of a currency, exact: two places at least; `places` rounds half to even. */
export function Money({ value, currency, places, short = false, change = false, className }: Shown & { currency?: string | undefined; places?: number; short?: boolean }): React.ReactElement {
  const text = value == null ? NONE : short ? compact(value, change) : written(value, { places, least: 2, signed: change });
  return <Number_ value={value} text={text} unit={value == null ? undefined : currency} change={change} {...(className ? { className } : {})} title={short && value != null ? `${written(value)} ${currency ?? ""}` : undefined} />;
}

/** A size, exact; zeros at the end are left out. `change` for signed positions. */
export function Quantity({ value, unit, places, change = false, className }: Shown & { unit?: string | undefined; places?: number }): React.ReactElement {
  return <Number_ value={value} text={value == null ? NONE : written(value, { places, signed: change })} unit={value == null ? undefined : unit} change={change} {...(className ? { className } : {})} />;
}

/** A price as the venue quotes it: `tick` is its step, and gives the number of places. */
export function Price({ value, tick, currency, className }: Shown & { tick?: string | undefined; currency?: string | undefined }): React.ReactElement {
  const places = tick === undefined ? undefined : (parseDecimal(tick)?.scale ?? undefined);
  return <Number_ value={value} text={value == null ? NONE : written(value, { places, least: 2 })} unit={currency} {...(className ? { className } : {})} />;
}

/** A share as per cent: "0.0123" shows 1.23 %. `of` says of what. `percent`: the value is per cent already. */
export function Percent({ value, places = 2, change = false, of, percent = false, className }: Shown & { places?: number; of?: string; percent?: boolean }): React.ReactElement {
  const known = value != null && parseDecimal(value) !== undefined;
  const text = known ? `${written(percent ? value : multiply(value, "100"), { places, signed: change })} %` : NONE;
  return <Number_ value={value} text={text} unit={of} change={change} {...(className ? { className } : {})} />;
}

/** Plain counts. */
export function Count({ value, unit, className }: { value: number | bigint | null | undefined; unit?: string; className?: string }): React.ReactElement {
  return <Number_ value={undefined} text={value == null ? NONE : written(String(value))} unit={unit} {...(className ? { className } : {})} />;
}

/** A moment (ns UTC) with its zone; resting on it tells all of it. */
export function Time({ ns, detail = "moment", millis = false, className }: { ns: number | null | undefined; detail?: Detail; millis?: boolean; className?: string }): React.ReactElement {
  useSyncExternalStore(watchZone, zoneName, () => "UTC");
  const text = writtenTime(ns, detail, { millis });
  if (!ns) return <span className={names("number", className)}>{text}</span>;
  return (
    <time className={names("number", className)} dateTime={new Date(ns / 1e6).toISOString()} title={writtenTime(ns, "moment", { millis: true })}>
      {text}
    </time>
  );
}

/** How long ago something was, by the server's clock; `late_ms` on it is said in words and colour. */
export function Age({ ns, late_ms, className }: { ns: number | null | undefined; late_ms?: number; className?: string }): React.ReactElement {
  const now = useNow();
  if (!ns || now === undefined) return <span className={names("number", className)}>{NONE}</span>;
  const age = Math.max(0, now - ns / 1e6);
  const late = late_ms !== undefined && age >= late_ms;
  return (
    <span className={names("number", late && "text-warn", className)} title={writtenTime(ns, "moment", { millis: true })}>
      {age < 1_000 ? "< 1 s" : writtenSpan(age)}
      {late ? " old" : ""}
    </span>
  );
}
