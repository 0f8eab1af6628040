import { once, type Method } from "./call";
import type { Answer, BodyOf, Params, PathOf, QueryOf } from "./paths";

type Sent<P extends PathOf<M>, M extends Method> = { params?: Params<P, M>; query?: QueryOf<P, M>; body?: BodyOf<P, M>; key?: string };

/** Calls once, typed, without dialogs of the session: for doors, and for what is no question and no button. Raises Problem. */
export function ask<M extends Method, P extends PathOf<M>>(method: M, path: P, given: Sent<P, M> = {}): Promise<Answer<P, M>> {
  return once(method, path, given as object);
}
