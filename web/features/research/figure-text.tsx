import { Count, Money, Percent, Quantity } from "@/shared/ui";

/** A figure of a back-test by its kind; gains and losses carry sign and colour. */
export function FigureText({ value, kind, currency, places = 2 }: { value: string | null | undefined; kind: string; currency?: string | undefined; places?: number }): React.ReactElement {
  switch (kind) {
    case "money":
      return <Money value={value} currency={currency} places={2} />;
    case "result":
      return <Money value={value} currency={currency} places={2} change />;
    case "gain":
      return <Percent value={value} places={places} change />;
    case "percent":
      return <Percent value={value} places={places} />;
    case "count":
    case "days":
      return <Count value={value == null ? null : BigInt(value.split(".")[0] ?? "0")} {...(kind === "days" ? { unit: "days" } : {})} />;
    case "ratio":
      return <Quantity value={value} places={value != null && !value.includes(".") ? 0 : 2} />;
    default:
      return <span>{value ?? "\u2013"}</span>;
  }
}
