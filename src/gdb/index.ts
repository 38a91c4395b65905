export { debuggeeOf } from "./debuggee.ts";
export { RunControl } from "./run-control.ts";
export { GdbServer } from "./server.ts";
