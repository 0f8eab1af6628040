"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { ask } from "@/shared/api/ask";
import { setCsrf, setGate } from "@/shared/api/call";
import { may, type Me } from "@/shared/api/me";
import { asProblem, Problem } from "@/shared/api/problem";
import { chooseZone } from "@/shared/format";
import { onStreamEnd, stream } from "@/shared/stream";
import { keep } from "@/shared/ui/remembered";
import { ProveDialog } from "./prove-dialog";
import { takeAppearance } from "@/shared/shell/appearance";
import { isDoor } from "./doors";
import { ReturnDialog } from "./return-dialog";

/** asking: not known yet; in, out; setup: nobody owns this Parrot yet; unreachable: no answer. */
type Standing = "asking" | "in" | "out" | "setup" | "unreachable";

interface Session {
  standing: Standing;
  me: Me | undefined;
  problem: Problem | undefined;
  /** Somebody came in: by password, passkey, invitation or another door. */
  entered(me: Me): void;
  leave(): Promise<void>;
  again(): Promise<void>;
}

const Context = createContext<Session | undefined>(undefined);

/** The session, to those below its provider. */
export function useSession(): Session {
  const found = useContext(Context);
  if (!found) throw new Error("useSession stands below SessionProvider");
  return found;
}

/** Who is signed in; pages are drawn only when somebody is. */
export function useMe(): Me {
  const { me } = useSession();
  if (!me) throw new Error("nobody is signed in");
  return me;
}

/** Whether the one who is signed in may do what a permission names. */
export function useMay(permission: string): boolean {
  return may(useSession().me, permission);
}

function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        retry: (count, thrown) => asProblem(thrown).passing && count < 3,
        retryDelay: (count) => Math.min(8_000, 500 * 2 ** count),
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

const TABS = "parrot.session"; // tells other tabs that somebody came or went; the id of a session is no secret

type Waiting = (go: boolean) => void;

/** Holds who is signed in, the questions asked, and the dialogs that come up when a session ends or somebody has to prove who they are. */
export function SessionProvider({ children }: { children: ReactNode }): React.ReactElement {
  const [client] = useState(newClient);
  const [standing, setStanding] = useState<Standing>("asking");
  const [me, setMe] = useState<Me>();
  const [problem, setProblem] = useState<Problem>();
  const [ended, setEnded] = useState(false);
  const [proving, setProving] = useState(false);
  const waiting = useRef<Waiting[]>([]);
  const meNow = useRef<Me>(undefined);
  const left = useRef(false); // by their own will: whoever comes next begins at Home
  const router = useRouter();
  const path = usePathname();
  const door = isDoor(path);

  const answer = useCallback((go: boolean) => {
    const all = waiting.current;
    waiting.current = [];
    all.forEach((tell) => tell(go));
  }, []);

  const entered = useCallback(
    (next: Me) => {
      if (meNow.current && meNow.current.user !== next.user) client.clear(); // another person sees nothing of the first
      meNow.current = next;
      left.current = false;
      setCsrf(next.csrf);
      chooseZone(next.time_zone);
      takeAppearance(next.preferences.appearance);
      setMe(next);
      setStanding("in");
      setProblem(undefined);
      setEnded(false);
      setProving(false);
      answer(true);
      stream().start();
      keep("session", next.session);
      void client.invalidateQueries();
    },
    [answer, client],
  );

  const forget = useCallback(
    (to: Standing) => {
      meNow.current = undefined;
      setMe(undefined);
      setCsrf("");
      setStanding(to);
      stream().stop();
      client.clear();
    },
    [client],
  );

  const again = useCallback(async () => {
    try {
      const found = await ask("get", "/api/v1/auth/session");
      if (found) entered(found);
      else forget((await ask("get", "/api/v1/auth/state")).set_up ? "out" : "setup");
    } catch (thrown) {
      const told = asProblem(thrown);
      setProblem(told);
      setStanding((before) => (before === "asking" ? "unreachable" : before));
    }
  }, [entered, forget]);

  const leave = useCallback(async () => {
    setStanding("asking"); // nothing on the page asks for anything while the session ends
    stream().stop();
    try {
      await ask("delete", "/api/v1/auth/session");
    } catch (thrown) {
      if (asProblem(thrown).status !== 401) {
        void again();
        throw thrown;
      }
    }
    keep("session", "");
    left.current = true;
    forget("out");
  }, [again, forget]);

  useEffect(() => void again(), [again]);

  useEffect(() => {
    const wait = (show: () => void) => (): Promise<boolean> =>
      meNow.current === undefined
        ? Promise.resolve(false)
        : new Promise<boolean>((tell) => {
            waiting.current.push(tell);
            show();
          });
    const changed = async (): Promise<boolean> => {
      const before = meNow.current?.user;
      const found = await ask("get", "/api/v1/auth/session").catch(() => null);
      if (found) entered(found);
      return found !== null && found.user === before; // what one person pressed is not done by another
    };
    setGate({ changed, signedOut: wait(() => setEnded(true)), reauthenticate: wait(() => setProving(true)) });
    const stop = onStreamEnd(() => setEnded(true));
    return () => {
      setGate(undefined);
      stop();
    };
  }, [entered]);

  useEffect(() => {
    const other = ({ key, newValue }: StorageEvent): void => {
      if (key !== TABS || newValue === JSON.stringify(meNow.current?.session ?? "")) return;
      void again();
    };
    addEventListener("storage", other);
    return () => removeEventListener("storage", other);
  }, [again]);

  useEffect(() => {
    if (door || typeof window === "undefined") return;
    if (standing === "setup") router.replace("/setup");
    if (standing === "out") router.replace(left.current ? "/signin" : `/signin?next=${encodeURIComponent(location.pathname + location.search)}`);
  }, [standing, door, router]);

  useEffect(() => {
    if (standing !== "unreachable") return;
    const timer = setInterval(() => void again(), 3_000);
    return () => clearInterval(timer);
  }, [standing, again]);

  const session = useMemo(() => ({ standing, me, problem, entered, leave, again }), [standing, me, problem, entered, leave, again]);
  return (
    <Context.Provider value={session}>
      <QueryClientProvider client={client}>
        {children}
        {me ? (
          <>
            <ReturnDialog
              open={ended && !door}
              name={me.name}
              onEntered={entered}
              onGone={() => {
                setEnded(false);
                answer(false);
                forget("out");
              }}
            />
            <ProveDialog
              open={proving && !ended}
              onProved={entered}
              onGone={() => {
                setProving(false);
                answer(false);
              }}
            />
          </>
        ) : null}
      </QueryClientProvider>
    </Context.Provider>
  );
}
