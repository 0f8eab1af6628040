import { compare, multiply, parseDecimal, round } from "@/shared/format";
import { names } from "./class-names";
import { Percent } from "./numbers";

/** How full something is: "over" from all of it on, "near" from four fifths on. */
export function fullness(share: string | null | undefined): "over" | "near" | "free" | undefined {
  if (share == null || !parseDecimal(share)) return undefined;
  if (compare(share, "1") >= 0) return "over";
  return compare(share, "0.8") >= 0 ? "near" : "free";
}

/** A share of something as a bar with its number, and a word where it is near or over; `plain`: a part of a whole, of which all is not too much. */
export function UseBar({ share, label, plain = false }: { share: string | null | undefined; label: string; plain?: boolean }): React.ReactElement | null {
  const full = plain && share != null && parseDecimal(share) ? "free" : fullness(share);
  if (full === undefined || share == null) return null;
  const width = compare(share, "1") >= 0 ? "100" : compare(share, "0") < 0 ? "0" : round(multiply(share, "100"), 1);
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span role="img" aria-label={label} className="h-1.5 min-w-8 flex-1 overflow-hidden rounded bg-hover">
        <span className={names("block h-full rounded", full === "over" ? "bg-loss" : full === "near" ? "bg-warn" : "bg-accent-strong")} style={{ width: `${width}%` }} />
      </span>
      <Percent value={share} places={1} className="w-16 text-right phone:w-12" />
      {plain ? null : <span className={names("w-10 text-small", full === "over" ? "text-loss" : "text-warn")}>{full === "free" ? "" : full}</span>}
    </span>
  );
}
