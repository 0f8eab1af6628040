// Which answer belongs to which address: read from the made types.

import type { paths } from "./schema";
import type { Method } from "./call";

type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : T extends { content?: never } ? undefined : never;
type Success<Responses> = Responses extends object
  ? { [Status in keyof Responses & (200 | 201 | 202 | 204)]: Json<Responses[Status]> }[keyof Responses & (200 | 201 | 202 | 204)]
  : never;

/** Addresses that take a method. */
export type PathOf<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, infer Operation> ? (Operation extends undefined ? never : P) : never }[keyof paths] & string;

type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer Found> ? Found : never;

/** What an address answers. */
export type Answer<P extends keyof paths, M extends Method> = Operation<P, M> extends { responses: infer Responses } ? Success<Responses> : never;

/** What goes into the path of an address. */
export type Params<P extends keyof paths, M extends Method> = Operation<P, M> extends { parameters: { path: infer Found } } ? Found : undefined;

/** What goes behind the question mark. */
export type QueryOf<P extends keyof paths, M extends Method> = Operation<P, M> extends { parameters: { query?: infer Found } } ? Found : undefined;

/** What is sent along. */
export type BodyOf<P extends keyof paths, M extends Method> = Operation<P, M> extends { requestBody?: { content: { "application/json": infer Body } } } ? Body : undefined;
