export { leaveFor } from "./away";
export { isDoor, nextPlace } from "./doors";
export { SessionProvider, useMay, useMe, useSession } from "./provider";
export { emailProblem, NAME_RULE, nameProblem, passwordProblem, strengthOf } from "./rules";
export { SignInForm } from "./sign-in-form";
export { makePasskey, passkeysWork, provePasskey } from "./webauthn";
