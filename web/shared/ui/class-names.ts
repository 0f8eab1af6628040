/** Class names in one text; what is false or missing is left out. */
export function names(...given: (string | false | null | undefined)[]): string {
  return given.filter(Boolean).join(" ");
}
