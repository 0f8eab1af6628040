// Stands in for react-remove-scroll-bar (see next.config.ts): the body never scrolls, so there is no scroll bar to make up for.
export const zeroRightClassName = "scroll-zero-right";
export const fullWidthClassName = "scroll-full-width";
export const noScrollbarsClassName = "scroll-none";
export const removedBarSizeVariable = "--removed-scroll-bar";
export function RemoveScrollBar(): null {
  return null;
}
