"use client";

import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { may } from "@/shared/api/me";
import { useSession } from "@/shared/session/provider";
import { names } from "@/shared/ui/class-names";
import { Icon } from "@/shared/ui/icons";
import { setAppearance, useAppearance } from "./appearance";
import { Mark } from "./mark";
import { isAt, PLACES, type Place } from "./navigation";

function PlaceLink({ place, here, onGo }: { place: Place; here: boolean; onGo?: (() => void) | undefined }): React.ReactElement {
  const router = useRouter();
  return (
    <li>
      <Link
        href={place.path}
        prefetch={false}
        aria-current={here ? "page" : undefined}
        title={place.title}
        onMouseEnter={() => router.prefetch(place.path)}
        onFocus={() => router.prefetch(place.path)}
        onClick={() => onGo?.()}
        className={names("flex h-8 items-center gap-3 overflow-hidden whitespace-nowrap rounded px-2.5 no-underline focus-visible:-outline-offset-2 phone:h-11", here ? "bg-accent-wash font-strong text-accent" : "text-soft hover:bg-hover hover:text-text")}
      >
        <Icon name={place.icon} />
        <span data-part="word" className="min-w-0 truncate">
          {place.title}
        </span>
      </Link>
    </li>
  );
}

/** All pages that one may see, in groups. `onGo`: called when one is chosen. */
export function PlaceList({ onGo }: { onGo?: () => void }): React.ReactElement {
  const path = usePathname();
  const { me } = useSession();
  const groups = PLACES.map(({ title, places }) => ({ title, places: places.filter(({ permission }) => may(me, permission)) })).filter(({ places }) => places.length > 0);
  return (
    <div className="flex flex-col gap-3">
      {groups.map(({ title, places }) => (
        <div key={title}>
          {title ? (
            <div data-part="word" className="truncate px-2.5 pb-1 text-small text-faint">
              {title}
            </div>
          ) : null}
          <ul className="flex flex-col gap-0.5" aria-label={title || "Start"}>
            {places.map((place) => (
              <PlaceLink key={place.path} place={place} here={isAt(place, path)} onGo={onGo} />
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

/** The left side from a tablet up; it folds to icons. */
export function Sidebar(): React.ReactElement {
  const { sidebar } = useAppearance();
  const narrow = sidebar === "narrow";
  return (
    <nav aria-label="Pages" data-part="sidebar" className="flex w-(--side) shrink-0 flex-col border-r bg-panel transition-[width] phone:hidden">
      <Link href="/" prefetch={false} aria-label="Parrot, to Home" className="flex h-(--bar) items-center gap-3 overflow-hidden border-b px-4 text-large font-strong no-underline focus-visible:-outline-offset-2">
        <Mark />
        <span data-part="word">Parrot</span>
      </Link>
      <div className="min-h-0 flex-1 overflow-y-auto overflow-x-hidden p-2">
        <PlaceList />
      </div>
      <button type="button" aria-pressed={narrow} onClick={() => setAppearance({ sidebar: narrow ? "wide" : "narrow" })} className="flex h-10 items-center gap-3 overflow-hidden whitespace-nowrap border-t px-[18px] text-soft hover:bg-hover hover:text-text focus-visible:-outline-offset-2">
        <Icon name={narrow ? "right" : "left"} />
        <span data-part="word">Fold</span>
        {narrow ? <span className="sr-only">Unfold the sidebar</span> : null}
      </button>
    </nav>
  );
}
