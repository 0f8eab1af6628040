// A client's status in colours, and what is wrong with its fields, in the server's words.

import { compare, parseDecimal } from "@/shared/format";
import type { Tone } from "@/shared/ui";

/** How a client stands. */
export const STATUS: Record<"active" | "suspended" | "closed", Tone> = { active: "gain", suspended: "warn", closed: "neutral" };

/** E-mail and phone as the server takes them. */
export function contactProblem(email: string, phone: string): { email: string | undefined; phone: string | undefined } {
  return {
    email: email === "" || /^[^@\s]+@[^@\s]+$/.test(email) ? undefined : "write an address such as name@example.org",
    phone: /^[0-9+()/ .-]*$/.test(phone) ? undefined : "digits, spaces and + ( ) / . - only",
  };
}

/** The name of an account as the exchange takes it. */
export function accountProblem(name: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(name) ? undefined : "letters, digits and . _ - only, at most 40, a letter or digit first";
}

/** An amount as the exchange takes it: above zero, eight digits behind the point; `free` is what can leave. */
export function amountProblem(amount: string, free?: string): string | undefined {
  const found = parseDecimal(amount);
  if (!found || found.digits <= 0n) return "write an amount above 0";
  const text = amount.trim();
  if ((text.split(".")[1] ?? "").length > 8) return "at most 8 digits behind the point";
  if (free !== undefined && compare(text, free) > 0) return `at most ${free}, which is free`;
  return undefined;
}
