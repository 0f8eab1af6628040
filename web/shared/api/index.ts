export { ask } from "./ask";
export { addressOf, call } from "./call";
export { refresh, useApi, useCommand, usePages } from "./hooks";
export { may, type DoorState, type Me, type Step } from "./me";
export type { Answer, BodyOf, Params, PathOf, QueryOf } from "./paths";
export { asProblem, explained, Problem } from "./problem";
