import { parseDecimal, signOf, trimmed } from "./decimal";

/** What the server says of what it cannot read as a number. */
export const NO_NUMBER = "write a number with a point and without separators, such as 0.01";

/** A number as it is typed: only spaces around it go; a comma is a point for some and nothing for others, so it stays and is refused. */
export const typedNumber = (text: string): string => text.trim();

/** What is wrong with a number as it is typed; an empty field is not wrong. */
export const numberFault = (text: string): string | undefined => (text.trim() !== "" && parseDecimal(text) === undefined ? NO_NUMBER : undefined);

const DIGITS = 33;
const PLACES = 18;

/** Why no amount of the server has so many digits; for what is a number. */
function sizeFault(text: string): string | undefined {
  const [whole = "", part = ""] = trimmed(text).replace("-", "").split(".");
  const before = whole.replace(/^0+/, "").length;
  const digits = Math.max((whole + part).replace(/^0+/, "").length, part.length);
  if (digits > DIGITS) return `write a number of at most ${DIGITS} digits`;
  if (part.length > PLACES) return `write at most ${PLACES} places after the point`;
  return before > DIGITS - PLACES ? `write at most ${DIGITS - PLACES} digits before the point` : undefined;
}

/** Why a text is no amount, in the server's words (gateway/rest/words.py); undefined when it is one. */
export function amountFault(text: string): string | undefined {
  if (parseDecimal(text) === undefined) return NO_NUMBER;
  return sizeFault(text) ?? (signOf(text) > 0 ? undefined : "write a number above 0");
}
