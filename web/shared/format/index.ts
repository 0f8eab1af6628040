export * from "./counted";
export * from "./decimal";
export * from "./time";
export * from "./typed";
