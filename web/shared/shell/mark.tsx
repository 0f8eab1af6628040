/** The mark: a parrot's head, as in public/icons/parrot.svg, in the colours of the theme. */
export function Mark({ size = 24 }: { size?: number }): React.ReactElement {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="84 70 360 386" className="shrink-0">
      <path d="M120 448V232c0-84 64-148 148-148 62 0 112 38 128 96-30-12-64-8-88 12-22 19-30 46-24 74 10 46 6 92-20 134-10 18-22 34-36 48z" className="fill-accent-strong" />
      <path d="M300 204c34-30 86-26 112 10 24 34 18 82-12 112-2-36-22-58-58-62-32-4-56-24-42-60z" className="fill-soft" />
      <circle cx="246" cy="172" r="26" className="fill-panel" />
    </svg>
  );
}
