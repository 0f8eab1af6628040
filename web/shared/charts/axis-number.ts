import { compact, written } from "@/shared/format";

/** A label of an axis, with as many places as its steps have: 0.025 apart needs three. */
export function axisNumber(value: number, splits: readonly number[]): string {
  const step = Math.abs((splits[1] ?? value) - (splits[0] ?? 0)) || Math.abs(value) || 1;
  const places = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const steps = step * 10 ** places;
  const odd = Math.abs(steps - Math.round(steps)) > 1e-3; // steps of 2.5
  return Math.abs(value) >= 1e6 && step >= 1e4 ? compact(value.toFixed(0)) : written(value.toFixed(odd ? places + 1 : places));
}
