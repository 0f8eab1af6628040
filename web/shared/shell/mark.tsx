/** The mark: a parrot's head of two strokes. */
export function Mark({ size = 20 }: { size?: number }): React.ReactElement {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 20 20" fill="none" className="shrink-0">
      <path d="M4 17V9.5A6.5 6.5 0 0 1 10.5 3c3.3 0 5.5 2.2 5.5 5.2 0 2.3-1.3 3.8-3.2 3.8-1.3 0-2.3-.7-2.8-1.7" stroke="currentColor" strokeWidth="2" strokeLinecap="round" className="text-accent" />
      <circle cx="9.2" cy="7.6" r="1.2" fill="currentColor" />
    </svg>
  );
}
