export * from "./board-files.ts";
export * from "./board-images.ts";
export { type Finding, placeOf } from "./errors.ts";
export { type Board, parseProfile } from "./profile.ts";
export * from "./profile-lint.ts";
export * from "./profile-schema.ts";
export * from "./profile-text.ts";
