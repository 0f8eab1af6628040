// Passkeys: the gateway speaks WebAuthn's JSON; browsers without its helpers get the few bytes turned here.

const fromText = (text: string): Uint8Array<ArrayBuffer> => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const toText = (bytes: ArrayBuffer | null): string | undefined =>
  bytes === null
    ? undefined
    : btoa(String.fromCharCode(...new Uint8Array(bytes)))
        .replace(/\+/g, "-")
        .replace(/\//g, "_")
        .replace(/=+$/, "");

interface Described {
  id: string;
  type: "public-key";
  transports?: AuthenticatorTransport[];
}

/** Whether this browser and address can use passkeys at all. */
export function passkeysWork(): boolean {
  return typeof window !== "undefined" && window.isSecureContext && "PublicKeyCredential" in window;
}

/** Asks the authenticator to prove who one is; undefined when the person let it be. */
export async function provePasskey(options: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
  const given = options as { challenge: string; allowCredentials?: Described[] };
  const publicKey = {
    ...options,
    challenge: fromText(given.challenge),
    allowCredentials: (given.allowCredentials ?? []).map((one) => ({ ...one, id: fromText(one.id) })),
  } as PublicKeyCredentialRequestOptions;
  const found = (await asked(navigator.credentials.get({ publicKey }))) as PublicKeyCredential | undefined;
  if (!found) return undefined;
  const answer = found.response as AuthenticatorAssertionResponse;
  return {
    ...common(found),
    response: {
      clientDataJSON: toText(answer.clientDataJSON),
      authenticatorData: toText(answer.authenticatorData),
      signature: toText(answer.signature),
      userHandle: toText(answer.userHandle),
    },
  };
}

/** Makes a new passkey; undefined when the person let it be. */
export async function makePasskey(options: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
  const given = options as { challenge: string; user: { id: string }; excludeCredentials?: Described[] };
  const publicKey = {
    ...options,
    challenge: fromText(given.challenge),
    user: { ...given.user, id: fromText(given.user.id) },
    excludeCredentials: (given.excludeCredentials ?? []).map((one) => ({ ...one, id: fromText(one.id) })),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await asked(navigator.credentials.create({ publicKey }))) as PublicKeyCredential | undefined;
  if (!made) return undefined;
  const answer = made.response as AuthenticatorAttestationResponse;
  return {
    ...common(made),
    response: { clientDataJSON: toText(answer.clientDataJSON), attestationObject: toText(answer.attestationObject), transports: answer.getTransports() },
  };
}

function common(credential: PublicKeyCredential): object {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function asked(promise: Promise<Credential | null>): Promise<Credential | undefined> {
  try {
    return (await promise) ?? undefined;
  } catch (thrown) {
    if (thrown instanceof DOMException && (thrown.name === "NotAllowedError" || thrown.name === "AbortError")) return undefined;
    throw thrown;
  }
}
