/** A small curve without axes: the line above and below where it began, drawn in the colour of its end. */
export function Spark({ values, label, width = 120, height = 24 }: { values: readonly number[]; label: string; width?: number; height?: number }): React.ReactElement {
  if (values.length < 2) return <span className="text-faint">{"\u2013"}</span>;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high - low || 1;
  const x = (index: number): number => (index / (values.length - 1)) * (width - 2) + 1;
  const y = (value: number): number => height - 1 - ((value - low) / span) * (height - 2);
  const first = values[0] as number;
  const last = values[values.length - 1] as number;
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`} className={last >= first ? "text-gain" : "text-loss"}>
      <line x1={1} x2={width - 1} y1={y(first)} y2={y(first)} className="text-line-strong" stroke="currentColor" strokeWidth={1} strokeDasharray="2 3" />
      <polyline points={points} fill="none" stroke="currentColor" strokeWidth={1.5} strokeLinejoin="round" />
    </svg>
  );
}
