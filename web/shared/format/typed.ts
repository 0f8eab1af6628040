import { parseDecimal } from "./decimal";

/** What the server says of what it cannot read as a number. */
export const NO_NUMBER = "write a number with a point and without separators, such as 0.01";

/** A number as it is typed: only spaces around it go; a comma is a point for some and nothing for others, so it stays and is refused. */
export const typedNumber = (text: string): string => text.trim();

/** What is wrong with a number as it is typed; an empty field is not wrong. */
export const numberFault = (text: string): string | undefined => (text.trim() !== "" && parseDecimal(text) === undefined ? NO_NUMBER : undefined);
