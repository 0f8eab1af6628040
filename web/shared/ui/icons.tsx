// Our own icons: 16 px, strokes of one and a half, the colour of the text.

const PATHS = {
  home: "M2.5 7.5 8 3l5.5 4.5V13a.5.5 0 0 1-.5.5H9.8V10H6.2v3.5H3a.5.5 0 0 1-.5-.5z",
  markets: "M4 2.5v2m0 5v2m-1.5-7h3v5h-3zM8 4.5v2m0 4v3m-1.5-7h3v4h-3zM12 1.5v3m0 4v3m-1.5-7h3v4h-3z",
  orders: "M3 3.5h10M3 8h10M3 12.5h6M12 11l1.5 1.5L12 14",
  portfolio: "M8 2.5v5.5l4.5 3M8 2.5A5.5 5.5 0 1 0 13.5 8 5.5 5.5 0 0 0 8 2.5z",
  strategies: "M3 12.5h2.5L7 4.5h2l1.5 8H13M5 9h6",
  backtests: "M8 4.5V8l2.5 1.5M2.8 6.2A5.5 5.5 0 1 1 2.5 8M2.5 3v3.2h3.2",
  data: "M3 4.2C3 3.2 5.2 2.5 8 2.5s5 .7 5 1.7-2.2 1.8-5 1.8-5-.8-5-1.8zm0 0v7.6c0 1 2.2 1.7 5 1.7s5-.7 5-1.7V4.2M3 8c0 1 2.2 1.8 5 1.8S13 9 13 8",
  risk: "M8 2 13 4v4c0 3-2 5-5 6-3-1-5-3-5-6V4zM8 5.5v3M8 10.5v.5",
  clients: "M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM2 13c.3-2.3 1.9-3.6 4-3.6S9.7 10.7 10 13M10.5 3.2a2.2 2.2 0 0 1 0 4.2M11.5 9.6c1.4.4 2.3 1.6 2.5 3.4",
  exchange: "M3 5.5h9M9.5 3 12 5.5 9.5 8M13 10.5H4M6.5 8 4 10.5 6.5 13",
  users: "M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.3-2.7 2.3-4 5-4s4.7 1.3 5 4",
  audit: "M4 2.5h6l2.5 2.5v8.5H4zM9.8 2.5v2.7h2.7M6 8h4.5M6 10.5h4.5",
  settings: "M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3",
  profile: "M8 8.5a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM4.2 12.3C5 10.8 6.3 10 8 10s3 .8 3.8 2.3M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1 1.2H3zM6.7 14h2.6",
  stop: "M5.5 2.5h5l3 3v5l-3 3h-5l-3-3v-5zM6 8h4",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3",
  close: "m4 4 8 8M12 4l-8 8",
  bin: "M3 4.5h10M6 4.5v-2h4v2M4.5 4.5l.5 9h6l.5-9M6.7 7v4M9.3 7v4",
  check: "m3 8.5 3.2 3L13 4.5",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  left: "m10 3.5-4.5 4.5L10 12.5",
  right: "m6 3.5 4.5 4.5L6 12.5",
  chevron: "m4 6 4 4 4-4",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  copy: "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
  download: "M8 2.5v7.5M5 7l3 3 3-3M2.5 13.5h11",
  expand: "M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5 9 7M2.5 13.5 7 9",
  picture: "M2.5 3.5h11v9h-11zM2.5 10.5l3.5-3 3 2.5 2-1.5 2.5 2M10 6h.5",
  table: "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11M6.5 6.3V13",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  play: "M4.5 3v10l8-5z",
  pause: "M5.5 3v10M10.5 3v10",
  square: "M4 4h8v8H4z",
  refresh: "M13 4v3H10M3 12V9h3M3.4 6.5A5 5 0 0 1 12.6 6.7M12.6 9.5A5 5 0 0 1 3.4 9.3",
  warning: "M8 2.5 14 13H2zM8 6.5v3M8 11.2v.3",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.3V11M8 5v.3",
  eye: "M1.5 8C3 5.3 5.2 4 8 4s5 1.3 6.5 4c-1.5 2.7-3.7 4-6.5 4S3 10.7 1.5 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  hidden: "M2.5 2.5l11 11M6 4.3A7 7 0 0 1 8 4c2.8 0 5 1.3 6.5 4a9 9 0 0 1-1.8 2.2M10.5 11.6A7 7 0 0 1 8 12C5.2 12 3 10.7 1.5 8a8.5 8.5 0 0 1 2.3-2.7",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2",
  key: "M5.5 13a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM7.3 8.7l5.2-5.2M10.5 5.5l2 2M9 7l1.5 1.5",
  out: "M9.5 2.5h-6v11h6M6.5 8h7M11 5.5 13.5 8 11 10.5",
  link: "M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.5L4.5 7",
  offline: "M2 2l12 12M4.5 8.5c.6-.6 1.3-1 2-1.3M8 5.5c2 0 3.7.8 5 2M2.5 7c.7-.6 1.5-1.1 2.4-1.4M8 12v.3",
} as const;

/** Names of the icons there are. */
export type IconName = keyof typeof PATHS;

/** An icon beside words that say the same; alone it needs a label on its button. */
export function Icon({ name, size = 16 }: { name: IconName; size?: 12 | 16 | 20 | 24 }): React.ReactElement {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" className="shrink-0">
      <path d={PATHS[name]} />
    </svg>
  );
}
