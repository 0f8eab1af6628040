// Parameters of a strategy as a form: what a range allows, in the server's words, and steps that stay exact decimals.

import { add, compare, parseDecimal, subtract, toText } from "@/shared/format";

/** One parameter as its class declares it; all values are text. */
export interface Parameter {
  name: string;
  kind: "int" | "float" | "bool" | "str";
  default: string;
  low: string;
  high: string;
  step: string;
  choices: readonly string[];
  expected: string;
}

const SWITCH = new Set(["1", "true", "yes", "on", "0", "false", "no", "off"]);

/** What is wrong with a value, in the server's words; undefined when it may be. */
export function wrongWith(parameter: Parameter, text: string): string | undefined {
  const { name, kind, expected, low, high, choices } = parameter;
  const wrong = (what: string): string => `${name}=${text || "(empty)"} ${what}; expected: ${expected}`;
  if (kind === "bool") return SWITCH.has(text.toLowerCase()) ? undefined : wrong("is not bool");
  if (choices.length > 0) return choices.includes(text) ? undefined : wrong("is out of its range");
  if (kind === "str") return undefined;
  const value = parseDecimal(text);
  if (!value || (kind === "int" && !/^[+-]?\d+$/.test(text.trim()))) return wrong(`is not ${kind}`);
  if (low !== "" && (compare(text, low) < 0 || compare(text, high) > 0)) return wrong("is out of its range");
  return undefined;
}

/** The step of a slider: the declared one, one for whole numbers, else about a hundredth of the range. */
export function stepOf({ kind, low, high, step }: Parameter): string {
  if (step !== "") return plainText(step);
  if (kind === "int" || low === "") return kind === "int" ? "1" : "0.1";
  const wide = Number(high) - Number(low);
  const power = Math.floor(Math.log10(wide / 100 || 1));
  const lead = wide / 100 / 10 ** power;
  const digit = lead < 2 ? 1n : lead < 5 ? 2n : 5n;
  return power >= 0 ? String(digit * 10n ** BigInt(power)) : toText({ digits: digit, scale: -power });
}

/** The value one step up or down, kept within its range; the default when it was no number. */
export function stepped(parameter: Parameter, text: string, up: boolean): string {
  if (!parseDecimal(text)) return parameter.default;
  const moved = (up ? add : subtract)(plainText(text), stepOf(parameter));
  if (parameter.low === "") return moved;
  if (compare(moved, parameter.low) < 0) return plainText(parameter.low);
  return compare(moved, parameter.high) > 0 ? plainText(parameter.high) : moved;
}

/** Values that differ from what the class declares: what is sent. */
export function changed(parameters: readonly Parameter[], values: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const parameter of parameters) {
    const value = values[parameter.name];
    if (value !== undefined && !same(parameter, value, parameter.default)) found[parameter.name] = value;
  }
  return found;
}

/** All that is wrong, by name. */
export function wrongs(parameters: readonly Parameter[], values: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const parameter of parameters) {
    const words = wrongWith(parameter, values[parameter.name] ?? parameter.default);
    if (words) found[parameter.name] = words;
  }
  return found;
}

/** Everything as it is declared, with `given` on top. */
export function filled(parameters: readonly Parameter[], given: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(parameters.map(({ name, default: usual }) => [name, given[name] ?? usual]));
}

function same({ kind }: Parameter, a: string, b: string): boolean {
  if (kind === "bool") return isOn(a) === isOn(b);
  if (kind === "str" || !parseDecimal(a) || !parseDecimal(b)) return a === b;
  return compare(a, b) === 0;
}

/** Whether a switch's text says yes. */
export function isOn(text: string): boolean {
  return ["1", "true", "yes", "on"].includes(text.toLowerCase());
}

function plainText(text: string): string {
  const found = parseDecimal(text);
  return found ? toText(found) : text;
}
