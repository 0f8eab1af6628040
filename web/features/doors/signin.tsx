"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { nextPlace, SignInForm, useSession } from "@/shared/session";
import type { Me } from "@/shared/api/me";
import { ButtonLink, Failed, Loading } from "@/shared/ui";
import { Door, useDoors } from "./door";

/** Signing in; it leads back to where one wanted to go. */
export function SignIn(): React.ReactElement {
  const router = useRouter();
  const { standing, entered } = useSession();
  const { doors, problem, again } = useDoors();
  const [back, setBack] = useState<{ problem: string; second: { ticket: string; ways: string[] } | undefined }>();
  useEffect(() => {
    const told = new URLSearchParams(location.hash.slice(1)); // what a provider's door left behind; no server sees it
    const ticket = told.get("second") ?? "";
    setBack({ problem: told.get("problem") ?? "", second: ticket ? { ticket, ways: (told.get("ways") ?? "").split(",") } : undefined });
  }, []);
  useEffect(() => {
    if (doors && !doors.set_up) router.replace("/setup");
    else if (standing === "in" && back && !back.problem) router.replace(nextPlace(location.search));
  }, [doors, standing, back, router]);
  const go = (me: Me): void => {
    setBack({ problem: "", second: undefined });
    entered(me);
  };
  return (
    <Door
      title="Sign in"
      below={
        doors ? (
          <>
            <Link className="link" prefetch={false} href="/reset">
              Forgot the password
            </Link>
            {doors.registration ? (
              <Link className="link" prefetch={false} href="/register">
                Make an account
              </Link>
            ) : null}
          </>
        ) : null
      }
    >
      {back?.problem ? (
        <div role="alert" className="rounded border border-loss bg-loss-wash p-2">
          {back.problem.slice(0, 300)}
        </div>
      ) : null}
      {problem ? (
        <Failed problem={problem} retry={again} />
      ) : back?.problem && standing === "in" ? (
        <ButtonLink kind="primary" href={nextPlace(location.search)}>
          Go on
        </ButtonLink>
      ) : doors && back ? (
        <SignInForm doors={doors} second={back.second} onEntered={go} />
      ) : (
        <Loading rows={4} />
      )}
    </Door>
  );
}
