// Roles and permissions in words, and links that are handed over.

const ROLES: Record<string, string> = { viewer: "viewer", trader: "trader", quant: "quant", risk_officer: "risk officer", admin: "admin", auditor: "auditor" };

/** A role for people. */
export function roleWords(role: string): string {
  return ROLES[role] ?? role;
}

export const ALL_ROLES = ["viewer", "trader", "quant", "risk_officer", "admin", "auditor"] as const;
export type Role = (typeof ALL_ROLES)[number];

export const ROLE_HINTS: Record<Role, string> = {
  viewer: "sees markets, orders, strategies, risk and the portfolio",
  trader: "places orders, runs strategies, stops everything, asks for deposits and withdrawals",
  quant: "writes strategies, back-tests, brings in data, tunes the simulated exchange",
  risk_officer: "sets limits, arms again after a stop, approves money",
  admin: "users, settings, keys and venues; approves no money",
  auditor: "reads everything that was done, changes nothing",
};

const PERMISSIONS: Record<string, string> = {
  "markets:read": "See markets",
  "orders:read": "See orders and fills",
  "orders:write": "Place, change and cancel orders",
  "strategies:read": "See strategies",
  "strategies:run": "Start, pause and stop strategies",
  "strategies:write": "Register strategies and versions",
  "backtests:read": "See back-tests",
  "backtests:run": "Run back-tests",
  "risk:read": "See limits and exposures",
  "risk:write": "Set limits",
  "kill:engage": "Stop all orders",
  "kill:rearm": "Arm again after a stop",
  "portfolio:read": "See the portfolio",
  "portfolio:write": "Change the ledger",
  "clients:read": "See clients",
  "clients:write": "Change clients",
  "funds:request": "Ask for deposits and withdrawals",
  "funds:approve": "Approve deposits and withdrawals",
  "data:read": "See market data",
  "data:write": "Download and import data",
  "exchange:read": "See the simulated exchange",
  "exchange:write": "Halt, tune, faults and keys of the simulated exchange",
  "users:read": "See users",
  "users:write": "Invite and change users",
  "audit:read": "Read and check the audit log",
  "settings:read": "See settings and venues",
  "settings:write": "Add and remove venues",
  "live:write": "Go live",
  "metrics:read": "Read metrics",
  self: "Own profile, sessions and keys",
};

/** A permission for people. */
export function permissionWords(permission: string): string {
  return PERMISSIONS[permission] ?? permission;
}

/** A link as it is handed over: whole, with this page's own address where the server gave only a place. */
export function wholeLink(link: string, origin: string): string {
  return link.startsWith("/") ? `${origin}${link}` : link;
}

const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS X", "Mac"],
  ["Linux", "Linux"],
] as const;

/** What a program calls itself, in words: "Firefox on Linux"; what is no browser keeps its own. */
export function programWords(program: string): string {
  const browser = BROWSERS.find(([mark]) => program.includes(mark))?.[1];
  if (!browser) return program || "a program";
  const system = SYSTEMS.find(([mark]) => program.includes(mark))?.[1];
  return system ? `${browser} on ${system}` : browser;
}

/** Names that are written with commas. */
export function listed(text: string): string[] {
  return [...new Set(text.split(/[,\s]+/).filter(Boolean))];
}
