"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useSession } from "@/shared/session/provider";
import { useLine, useNow, useRows } from "@/shared/stream";
import { IconButton } from "@/shared/ui/button";
import { names } from "@/shared/ui/class-names";
import { Icon } from "@/shared/ui/icons";
import { Menu } from "@/shared/ui/menu";
import { Money } from "@/shared/ui/numbers";
import { toast } from "@/shared/ui/toast";
import { writtenSpan } from "@/shared/format";
import { setAppearance, useAppearance } from "./appearance";
import { KillSwitch } from "./kill";
import { modeOf, useStatus, type Status } from "./status";

const LATE_MS = 3_000;

/** What is traded with: three looks that differ in words, shape and colour. */
export function ModeBadge({ status }: { status: Status | undefined }): React.ReactElement | null {
  const mode = modeOf(status);
  if (!mode) return null;
  const looks = {
    SIMULATED: "border-dashed border-line-strong text-soft",
    PAPER: "border-accent bg-accent-wash text-accent",
    LIVE: "border-danger bg-danger text-on-danger",
  };
  const words = { SIMULATED: "The simulated exchange: no money of anyone", PAPER: "Paper money on live data", LIVE: "Real money" };
  return (
    <span title={words[mode]} className={names("inline-flex h-6 items-center rounded-small border px-2 text-small font-strong", looks[mode])}>
      {mode}
    </span>
  );
}

/** How old the newest market data are, or that the line is down. */
function DataAge({ status, ts }: { status: Status | undefined; ts: number }): React.ReactElement {
  const line = useLine();
  const now = useNow();
  const since = ts && now ? Math.max(0, now - ts / 1e6) : undefined;
  const age = status && since !== undefined ? status.data_age_ms + (since > LATE_MS ? since : 0) : undefined;
  const late = age === undefined || age > LATE_MS || line === "waiting";
  const words = line === "waiting" ? "no line" : age === undefined ? "no data" : age < 1_000 ? "data live" : `data ${writtenSpan(age)} old`;
  return (
    <span role="status" className={names("number inline-flex items-center gap-1.5 text-small", late ? "text-warn" : "text-soft")} title="Age of the newest market data of the symbol that waits longest">
      <Icon name={late ? "warning" : "check"} size={12} />
      <span className="phone:sr-only">{words}</span>
    </span>
  );
}

/** Alerts that nobody has seen yet; the channel lets go of the others. */
function Alerts(): React.ReactElement {
  const open = useRows("alerts").rows.length;
  return (
    <Link href="/#alerts" prefetch={false} aria-label={open ? `${open} ${open === 1 ? "alert" : "alerts"}` : "No alerts"} title="Alerts" className="relative inline-flex size-8 items-center justify-center rounded text-soft hover:bg-hover hover:text-text phone:size-10">
      <Icon name="bell" />
      {open ? <span className="number absolute right-0 top-0 rounded-small bg-warn px-1 text-small font-strong leading-none text-ground">{open > 99 ? "99+" : open}</span> : null}
    </Link>
  );
}

function AccountMenu(): React.ReactElement {
  const router = useRouter();
  const { me, leave } = useSession();
  const { theme } = useAppearance();
  const dark = theme !== "light";
  return (
    <Menu
      label="You"
      trigger={<IconButton icon="profile" label={`You: ${me?.display || me?.name || ""}`} />}
      items={[
        { key: "profile", label: <span>Profile and security</span>, icon: "profile", onSelect: () => router.push("/profile") },
        { key: "theme", label: dark ? "Light" : "Dark", icon: "settings", onSelect: () => setAppearance({ theme: dark ? "light" : "dark" }) },
        { key: "leave", label: "Sign out", icon: "out", onSelect: () => void leave().catch((thrown: unknown) => toast.failed(thrown)) },
      ]}
    />
  );
}

/** The top bar: what is traded with, whose money, how fresh, what is wrong, and the kill switch. */
export function Bar({ onMenu, onPalette }: { onMenu: () => void; onPalette: () => void }): React.ReactElement {
  const { status, ts } = useStatus();
  const live = modeOf(status) === "LIVE";
  return (
    <header data-part="bar" className={names("flex h-(--bar) shrink-0 items-center gap-3 border-b bg-panel px-3 phone:gap-1.5 phone:px-2", live && "border-b-2 border-b-danger")}>
      <span className="hidden phone:inline-flex">
        <IconButton icon="menu" label="All pages" onClick={onMenu} />
      </span>
      <ModeBadge status={status} />
      {status ? (
        <span className="flex min-w-0 items-baseline gap-2 truncate">
          <span className="text-soft phone:hidden">
            <bdi>{status.account ?? "main"}</bdi>
          </span>
          <b className="truncate phone:hidden">
            <Money value={status.equity} currency={status.currency} places={2} />
          </b>
        </span>
      ) : null}
      <DataAge status={status} ts={ts} />
      <div className="ml-auto flex items-center gap-1.5">
        <button type="button" onClick={onPalette} className="flex h-8 w-52 items-center gap-2 rounded border border-line bg-ground px-2 text-faint hover:border-line-strong max-lg:hidden" aria-keyshortcuts="Control+K Meta+K">
          <Icon name="search" />
          Go to or do
          <kbd className="ml-auto text-small">Ctrl K</kbd>
        </button>
        <span className="lg:hidden">
          <IconButton icon="search" label="Go to or do" onClick={onPalette} />
        </span>
        <Alerts />
        <KillSwitch killed={status?.killed ?? []} />
        <AccountMenu />
      </div>
    </header>
  );
}
