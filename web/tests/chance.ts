/** Numbers that look random and are the same each time: for property tests. */
export function chance(seed: number): { below(most: number): number; digits(most: number): string } {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const below = (most: number): number => Math.floor(next() * most);
  return { below, digits: (most) => Array.from({ length: 1 + below(most) }, () => below(10)).join("") };
}
