import type { IconName } from "@/shared/ui/icons";

/** A page of the screen. `keys`: g, then this letter, goes there. */
export interface Place {
  path: string;
  title: string;
  icon: IconName;
  permission?: string;
  key?: string;
  /** Other words that the command palette finds it by. */
  words?: string;
}

/** Pages in groups, as the sidebar shows them. A page is one line here. */
export const PLACES: readonly { title: string; places: readonly Place[] }[] = [
  { title: "", places: [{ path: "/", title: "Home", icon: "home", key: "h", words: "overview equity today" }] },
  {
    title: "Trading",
    places: [
      { path: "/markets", title: "Markets", icon: "markets", permission: "markets:read", key: "m", words: "chart watch-list depth tape ticket buy sell" },
      { path: "/orders", title: "Orders", icon: "orders", permission: "orders:read", key: "o", words: "blotter fills trades" },
      { path: "/portfolio", title: "Portfolio", icon: "portfolio", permission: "portfolio:read", key: "p", words: "positions ledger tax lots statement" },
    ],
  },
  {
    title: "Research",
    places: [
      { path: "/strategies", title: "Strategies", icon: "strategies", permission: "strategies:read", key: "s", words: "start stop parameters decisions" },
      { path: "/backtests", title: "Back-tests", icon: "backtests", permission: "backtests:read", key: "b", words: "report compare run" },
      { path: "/data", title: "Data", icon: "data", permission: "data:read", key: "d", words: "lake quality download" },
    ],
  },
  {
    title: "Control",
    places: [
      { path: "/risk", title: "Risk", icon: "risk", permission: "risk:read", key: "r", words: "limits exposure kill switch drill" },
      { path: "/clients", title: "Clients", icon: "clients", permission: "clients:read", key: "c", words: "accounts deposits withdrawals broker" },
      { path: "/exchange", title: "Exchange", icon: "exchange", permission: "exchange:read", key: "x", words: "simulated agents faults keys" },
    ],
  },
  {
    title: "House",
    places: [
      { path: "/users", title: "Users", icon: "users", permission: "users:read", key: "u", words: "roles teams invitations people" },
      { path: "/audit", title: "Audit", icon: "audit", permission: "audit:read", key: "a", words: "trail chain who did" },
      { path: "/settings", title: "Settings", icon: "settings", key: "t", words: "venues appearance theme dark light time zone" },
    ],
  },
];

/** Pages that the account menu and the palette know, but not the sidebar. */
export const MORE_PLACES: readonly Place[] = [{ path: "/profile", title: "Profile and security", icon: "profile", key: "i", words: "password passkey sessions two-factor totp" }];

/** All of them. */
export const ALL_PLACES: readonly Place[] = [...PLACES.flatMap(({ places }) => places), ...MORE_PLACES];

/** Whether an address is this page or below it. */
export function isAt(place: Place, path: string): boolean {
  return place.path === "/" ? path === "/" : path === place.path || path.startsWith(`${place.path}/`);
}
