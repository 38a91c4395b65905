/** The board of those who name none; in a file of its own, because the start of the program asks before anything is loaded. */
export const DEFAULT_BOARD = "raspberrypi";
