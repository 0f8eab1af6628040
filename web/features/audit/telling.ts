// Acts of the log in people's words; what has none here is told by its fields.

import { written } from "@/shared/format";
import { wordsOf } from "./words";

type About = Readonly<Record<string, string>>;
interface Done {
  what: string;
  about: About;
}

const TITLES: Readonly<Record<string, string>> = {
  "address checked": "Checked an address",
  "alerts acknowledged": "Saw alerts",
  "audit check": "Checked the chain",
  "audit export": "Exported the log",
  breaker: "Breaker tripped",
  close: "Desk closed",
  confirm: "Proved who they are",
  erasure: "Erased somebody",
  invitation: "Invited somebody",
  joined: "Joined",
  "key made": "Made an API key",
  "key revoked": "Revoked an API key",
  kill: "Stopped orders",
  limits: "Set limits",
  "limits approve": "Agreed to limits",
  "limits decline": "Declined limits",
  "limits request": "Asked for limits",
  "limits withdraw": "Withdrew limits",
  "locked out": "Locked out",
  "log close": "Log closed",
  "log open": "Log opened",
  open: "Desk opened",
  order: "Ordered",
  "owner made": "Became owner",
  rearm: "Re-armed",
  "sign in": "Signed in",
  "sign in failed": "Failed to sign in",
  "sign out": "Signed out",
  "strategy register": "Registered a strategy",
  "strategy start": "Started a strategy",
  "strategy stop": "Stopped a strategy",
  "user made": "Made a user",
  "user rights": "Changed rights",
};

const WAYS: Readonly<Record<string, string>> = { screen: "on the screen", api: "over the interface", cli: "by the command line", file: "by the kill file", rule: "by a rule", pause: "as a pause" };
const REFUSED: Readonly<Record<string, string>> = { RearmKill: "re-arming", EngageKill: "a kill", SetLimits: "limits", AmendOrder: "a change of an order", CancelOrder: "a cancel", StartStrategy: "starting a strategy", RegisterStrategy: "registering a strategy" };

const first = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());
const joined = (...parts: (string | undefined | false)[]): string => parts.filter(Boolean).join(", ");
const after = (words: string, text: string | undefined): string => (text ? `${words}: ${text}` : words);

/** What an act is called. */
export function titleOf(what: string): string {
  const refused = /^refused (\w+)$/.exec(what)?.[1];
  return refused ? `Was refused ${REFUSED[refused] ?? refused}` : (TITLES[what] ?? first(what));
}

/** Whose orders a scope means. */
function ordersOf(scope: string): string {
  const [kind = "", ...rest] = scope.split(":");
  const name = rest.join(":");
  if (scope === "all") return "all orders";
  return kind === "symbol" ? `orders in ${name}` : kind === "account" ? `orders of account ${name}` : `orders of ${name}`;
}

/** Limits as they were written: a JSON object of texts. */
function limitsOf(text: string): string {
  try {
    const limits = JSON.parse(text) as Record<string, unknown>;
    return Object.entries(limits).map(([rule, value]) => `${rule.replace(/_/g, " ")} ${written(String(value))}`).join(", ") || "none";
  } catch {
    return text;
  }
}

const TELLINGS: Readonly<Record<string, (about: About) => string>> = {
  kill: ({ scope = "", source = "", reason, flatten }) => after(joined(`${first(ordersOf(scope))}, ${WAYS[source] ?? source}`, flatten === "True" && "positions closed as well"), reason),
  rearm: ({ scope = "", reason }) => after(`${first(ordersOf(scope))} may leave again`, reason),
  breaker: ({ scope = "", rule = "", limit, actual }) => `${first(ordersOf(scope))}: ${rule.replace(/_/g, " ")} ${actual} of ${limit}`,
  limits: ({ scope = "", version, limits = "" }) => `${scope}, version ${version}: ${limitsOf(limits)}`,
  order: ({ symbol, side, quantity = "", kind = "", limit, strategy }) => joined(`${side} ${written(quantity)} ${symbol}`, kind.replace("_", "-"), limit && limit !== "None" && `at ${written(limit)}`, strategy === "manual" ? "by hand" : strategy),
  deposit: ({ amount = "", currency, ref }) => after(`${written(amount)} ${currency}`, ref),
  withdrawal: ({ amount = "", currency, ref }) => after(`${written(amount)} ${currency}`, ref),
  "sign in": ({ ways = "" }) => `with ${ways.split(/[ ,]+/).filter(Boolean).join(" and ") || "a session"}`,
  "strategy register": ({ strategy, version, mode, code }) => `${strategy}, version ${version}, in ${mode} mode, code ${code}`,
  "strategy start": ({ strategy = "" }) => strategy,
  "strategy stop": ({ strategy = "", reason, fault }) => after(strategy, joined(fault, reason)),
  open: ({ epoch, build, clean }) => `opening ${epoch}, build ${build}, ${clean === "True" ? "after a good end" : "after a bad end"}`,
  close: ({ reason = "" }) => reason,
};

/** What an act was about, in one line. */
export function tellingOf({ what, about }: Done): string {
  const told = what.startsWith("refused ") ? ({ text = "" }: About) => text : TELLINGS[what];
  return told ? told(about) : wordsOf(about);
}
