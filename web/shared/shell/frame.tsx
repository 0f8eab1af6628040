"use client";

import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Dialog as Radix } from "radix-ui";
import { may } from "@/shared/api/me";
import { isDoor } from "@/shared/session/doors";
import { useSession } from "@/shared/session/provider";
import { stream, useLine } from "@/shared/stream";
import { Button, ButtonLink, IconButton } from "@/shared/ui/button";
import { names } from "@/shared/ui/class-names";
import { Icon } from "@/shared/ui/icons";
import { Empty, Failed, Loading } from "@/shared/ui/states";
import { Toasts } from "@/shared/ui/toast";
import { Bar } from "./bar";
import { useAppearance } from "./appearance";
import { useInstalled } from "./installed";
import { ALL_PLACES, isAt, PLACES } from "./navigation";
import { usePart } from "./part";
import { PlaceList, Sidebar } from "./sidebar";
import { useShortcuts } from "./shortcuts";
import type { Help as HelpType } from "./help";
import type { Palette as PaletteType } from "./palette";

const palettePart = (): Promise<typeof PaletteType> => import("./palette").then(({ Palette }) => Palette);
const helpPart = (): Promise<typeof HelpType> => import("./help").then(({ Help }) => Help);

/** Everything around a page: sidebar, bar, drawer and bottom bar of the phone, messages, palette. Doors stand alone. */
export function Frame({ children }: { children: ReactNode }): React.ReactElement {
  const path = usePathname();
  useAppearance();
  useInstalled();
  if (isDoor(path)) {
    return (
      <>
        <div className="h-dvh overflow-y-auto">{children}</div>
        <Toasts />
      </>
    );
  }
  return <House>{children}</House>;
}

function House({ children }: { children: ReactNode }): React.ReactElement {
  const path = usePathname();
  const router = useRouter();
  const { standing, me, problem, again } = useSession();
  const [drawer, setDrawer] = useState(false);
  const palette = usePart(palettePart);
  const help = usePart(helpPart);
  const main = useRef<HTMLElement>(null);
  useShortcuts({ onPalette: palette.call, onHelp: help.call, enabled: standing === "in" });
  const enrol = me?.must_enrol === true && path !== "/profile";
  useEffect(() => {
    if (enrol) router.replace("/profile");
  }, [enrol, router]);
  useEffect(() => {
    setDrawer(false);
    main.current?.scrollTo(0, 0);
  }, [path]);
  if (standing !== "in") {
    return (
      <main className="mx-auto flex h-dvh max-w-[640px] flex-col justify-center p-4">
        {standing === "unreachable" && problem ? <Failed problem={problem} retry={() => void again()} /> : <Loading rows={3} label="Opening Parrot" />}
      </main>
    );
  }
  const place = ALL_PLACES.find((one) => isAt(one, path));
  return (
    <div className="flex h-dvh">
      <a href="#content" className="sr-only z-50 rounded border bg-panel p-2 focus:not-sr-only focus:absolute focus:left-2 focus:top-2">
        Skip to the content
      </a>
      <Sidebar />
      <div className="flex min-w-0 flex-1 flex-col">
        <Bar onMenu={() => setDrawer(true)} onPalette={palette.call} />
        <LineBanner />
        <main ref={main} id="content" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
          {place?.permission && !may(me, place.permission) ? (
            <Empty title={`${place.title} is not yours to see`} action={<ButtonLink href="/">To Home</ButtonLink>}>
              Your roles do not include it. Ask an administrator if you need it.
            </Empty>
          ) : (
            children
          )}
        </main>
        <BottomBar path={path} onMore={() => setDrawer(true)} />
      </div>
      <Drawer open={drawer} onOpenChange={setDrawer} />
      {palette.Part ? <palette.Part open onOpenChange={palette.setOpen} onHelp={help.call} /> : null}
      {help.Part ? <help.Part open onOpenChange={help.setOpen} /> : null}
      <Toasts />
    </div>
  );
}

/** A line across the page while the server cannot be heard. */
function LineBanner(): React.ReactElement | null {
  const line = useLine();
  const [late, setLate] = useState(false);
  const down = line === "waiting" || line === "connecting";
  useEffect(() => {
    if (!down) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), 1_500); // a short break is not worth a word
    return () => clearTimeout(timer);
  }, [down]);
  useEffect(() => {
    const back = (): void => stream().again();
    addEventListener("online", back);
    document.addEventListener("visibilitychange", back);
    return () => {
      removeEventListener("online", back);
      document.removeEventListener("visibilitychange", back);
    };
  }, []);
  if (!down || !late) return null;
  return (
    <div role="status" className="flex min-h-8 flex-wrap items-center gap-2 border-b border-warn bg-warn-wash px-4 py-1 phone:px-3">
      <span className="text-warn">
        <Icon name="offline" />
      </span>
      <span className="min-w-0 flex-1">No line to Parrot: numbers may be old. If it runs, it trades on without this page; it is tried again by itself.</span>
      <Button small onClick={() => stream().again()}>
        Try now
      </Button>
    </div>
  );
}

function Drawer({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }): React.ReactElement {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-ground opacity-75" />
        <Radix.Content aria-describedby={undefined} className="fixed inset-y-0 left-0 z-50 flex w-[280px] flex-col border-r bg-panel">
          <div className="flex h-(--bar) items-center border-b px-3">
            <Radix.Title className="flex-1 text-large font-strong">Parrot</Radix.Title>
            <Radix.Close asChild>
              <IconButton icon="close" label="Close" />
            </Radix.Close>
          </div>
          <nav aria-label="All pages" className="min-h-0 flex-1 overflow-y-auto p-2">
            <PlaceList onGo={() => onOpenChange(false)} />
          </nav>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const THUMB = ["/", "/markets", "/orders", "/risk"];

/** On a phone: the four pages that are needed in a hurry, and the rest. */
function BottomBar({ path, onMore }: { path: string; onMore: () => void }): React.ReactElement {
  const { me } = useSession();
  const places = PLACES.flatMap(({ places: all }) => all).filter((place) => THUMB.includes(place.path) && may(me, place.permission));
  const look = "flex flex-1 flex-col items-center justify-center gap-0.5 text-small no-underline focus-visible:-outline-offset-2";
  return (
    <nav aria-label="Main pages" className="hidden h-14 shrink-0 border-t bg-panel pb-[env(safe-area-inset-bottom)] phone:flex">
      {places.map((place) => (
        <Link key={place.path} href={place.path} prefetch={false} aria-current={isAt(place, path) ? "page" : undefined} className={names(look, isAt(place, path) ? "font-strong text-accent" : "text-soft")}>
          <Icon name={place.icon} size={20} />
          {place.title}
        </Link>
      ))}
      <button type="button" onClick={onMore} className={names(look, "text-soft")}>
        <Icon name="more" size={20} />
        More
      </button>
    </nav>
  );
}
