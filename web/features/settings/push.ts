// The browser's side of pushes.

export interface Subscribed {
  endpoint: string;
  p256dh: string;
  auth: string;
}

/** Whether this browser, at this address, takes pushes. */
export function pushWorks(): boolean {
  return typeof window !== "undefined" && window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** Bytes of base64url. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

/** Asks the person and the browser; what the gateway needs of it, or why not. */
export async function subscription(key: string): Promise<Subscribed | string> {
  if ((await Notification.requestPermission()) !== "granted") return "The browser does not allow notifications of this page. Allow them beside its address, then try again.";
  const worker = await navigator.serviceWorker.getRegistration();
  if (!worker) return "The page is not kept by this browser yet. Load it again, then try once more.";
  try {
    const before = await worker.pushManager.getSubscription();
    if (before && !sameKey(before.options.applicationServerKey, key)) await before.unsubscribe();
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
    const { endpoint, keys } = made.toJSON();
    return { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" };
  } catch (thrown) {
    return `The browser's push service refused: ${thrown instanceof Error ? thrown.message : "no reason given"}`;
  }
}

/** Whether a subscription was made with this key of the gateway. */
export function sameKey(held: ArrayBuffer | null, key: string): boolean {
  const [a, b] = [new Uint8Array(held ?? new ArrayBuffer(0)), bytesOf(key)];
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
