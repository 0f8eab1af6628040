import { Problem } from "@/shared/api/problem";

/** Goes to an identity provider, which sends the browser back here. */
export function leaveFor(url: string): void {
  if (!/^https?:\/\//.test(url)) throw new Problem(-1, { title: "the provider's address is no web address", fix: "tell whoever runs this Parrot" });
  location.assign(url);
}
