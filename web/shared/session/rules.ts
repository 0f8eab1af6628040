// What names, addresses and passwords have to be, in the server's words (centers/users/rules.py); the server has the last word.

const NAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/;
const EMAIL = /^[^\s@<>"(),:;\\[\]]{1,64}@[^\s@<>"(),:;\\[\]_]+(?:\.[^\s@<>"(),:;\\[\]_]+)+$/;
const PASSWORD_LEAST = 12;
const PASSWORD_MOST = 128;

/** What a user name has to be. */
export const NAME_RULE = "1 to 40 small letters a-z, digits and . _ - between them";

/** Why it is no user name. */
export function nameProblem(text: string): string | undefined {
  const name = text.normalize("NFKC").trim().toLowerCase();
  if (NAME.test(name) && name.length <= 40) return undefined;
  return NAME_RULE;
}

/** Why it is no e-mail address. */
export function emailProblem(text: string): string | undefined {
  const address = text.trim();
  return EMAIL.test(address) && address.length <= 254 ? undefined : "this is no e-mail address; expected name@example.org";
}

/** Why a password is refused before the server looks at it. */
export function passwordProblem(text: string): string | undefined {
  const { length } = [...text.normalize("NFKC")];
  return length >= PASSWORD_LEAST && length <= PASSWORD_MOST ? undefined : `${PASSWORD_LEAST} to ${PASSWORD_MOST} characters; ${length} now`;
}

const COMMON = /password|passwort|passw0rd|letmein|welcome|qwert|azerty|asdf|zxcv|iloveyou|admin|login|bitcoin|trading|parrot|changeme|secret|12345|abcdef/;

/** How strong a password is, in words, from the ways there are to build one like it. */
export function strengthOf(text: string, about: readonly string[]): { words: string; tone: "loss" | "warn" | "gain" } | undefined {
  if (!text || passwordProblem(text)) return undefined;
  const low = text.toLowerCase();
  if (new Set(low).size < 5) return { words: "Weak: the same over and over", tone: "loss" };
  if (about.some((word) => word.length >= 4 && low.includes(word.toLowerCase()))) return { words: "Weak: your name or address is in it", tone: "loss" };
  if (COMMON.test(low)) return { words: "Weak: guessers begin with words like these", tone: "loss" };
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
  const worth = [...text].length + (kinds - 1) * 2 + (new Set(low).size > 10 ? 2 : 0);
  if (worth >= 22) return { words: "Strong: guessing it would take longer than anybody waits", tone: "gain" };
  if (worth >= 16) return { words: "Good enough; a word more makes it strong", tone: "warn" };
  return { words: "Weak: make it longer, with words that do not belong together", tone: "loss" };
}
