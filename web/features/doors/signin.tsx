"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { nextPlace, SignInForm, useSession } from "@/shared/session";
import { Failed, Loading } from "@/shared/ui";
import { Door, useDoors } from "./door";

/** Signing in; it leads back to where one wanted to go. */
export function SignIn(): React.ReactElement {
  const router = useRouter();
  const { standing, entered } = useSession();
  const { doors, problem, again } = useDoors();
  const [refused, setRefused] = useState("");
  useEffect(() => setRefused(new URLSearchParams(location.search).get("problem") ?? ""), []);
  useEffect(() => {
    if (doors && !doors.set_up) router.replace("/setup");
    else if (standing === "in") router.replace(nextPlace(location.search));
  }, [doors, standing, router]);
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
      {refused ? (
        <div role="alert" className="rounded border border-loss bg-loss-wash p-2">
          {refused.slice(0, 300)}
        </div>
      ) : null}
      {problem ? <Failed problem={problem} retry={again} /> : doors ? <SignInForm doors={doors} onEntered={entered} /> : <Loading rows={4} />}
    </Door>
  );
}
