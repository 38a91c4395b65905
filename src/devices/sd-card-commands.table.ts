/** The commands of an SD memory card and the states in which each is legal; SD Physical Layer Simplified Specification 3.01, tables 4-29 and 4-35. */

/** CURRENT_STATE of the card status; `ina` has no number there, for such a card never answers. */
export const SdState = {
  idle: 0,
  ready: 1,
  ident: 2,
  stby: 3,
  tran: 4,
  data: 5,
  rcv: 6,
  prg: 7,
  dis: 8,
  ina: 9,
} as const;

export type SdCommandName =
  | "GO_IDLE_STATE"
  | "ALL_SEND_CID"
  | "SEND_RELATIVE_ADDR"
  | "SET_DSR"
  | "SWITCH_FUNC"
  | "SELECT_CARD"
  | "SEND_IF_COND"
  | "SEND_CSD"
  | "SEND_CID"
  | "STOP_TRANSMISSION"
  | "SEND_STATUS"
  | "GO_INACTIVE_STATE"
  | "SET_BLOCKLEN"
  | "READ_SINGLE_BLOCK"
  | "READ_MULTIPLE_BLOCK"
  | "SET_BLOCK_COUNT"
  | "WRITE_BLOCK"
  | "WRITE_MULTIPLE_BLOCK"
  | "ERASE_WR_BLK_START"
  | "ERASE_WR_BLK_END"
  | "ERASE"
  | "APP_CMD"
  | "SET_BUS_WIDTH"
  | "SD_STATUS"
  | "SEND_NUM_WR_BLOCKS"
  | "SET_WR_BLK_ERASE_COUNT"
  | "SD_SEND_OP_COND"
  | "SET_CLR_CARD_DETECT"
  | "SEND_SCR";

export interface SdCommand {
  readonly name: SdCommandName;
  /** A bit for each state in which the command is legal. */
  readonly states: number;
}

const row = (name: SdCommandName, ...states: (keyof typeof SdState)[]): SdCommand => ({
  name,
  states: states.reduce((mask, state) => mask | (1 << SdState[state]), 0),
});

const selected = ["tran", "data", "rcv", "prg"] as const;
const addressed = ["stby", ...selected, "dis"] as const;

export const sdCommands: Readonly<Record<number, SdCommand>> = {
  0: row("GO_IDLE_STATE", "idle", "ready", "ident", ...addressed),
  2: row("ALL_SEND_CID", "ready"),
  3: row("SEND_RELATIVE_ADDR", "ident", "stby"),
  4: row("SET_DSR", "stby"),
  6: row("SWITCH_FUNC", "tran"),
  7: row("SELECT_CARD", "stby", "tran", "data", "prg", "dis"),
  8: row("SEND_IF_COND", "idle"),
  9: row("SEND_CSD", "stby"),
  10: row("SEND_CID", "stby"),
  12: row("STOP_TRANSMISSION", "data", "rcv"),
  13: row("SEND_STATUS", ...addressed),
  15: row("GO_INACTIVE_STATE", ...addressed),
  16: row("SET_BLOCKLEN", "tran"),
  17: row("READ_SINGLE_BLOCK", "tran"),
  18: row("READ_MULTIPLE_BLOCK", "tran"),
  23: row("SET_BLOCK_COUNT", "tran"),
  24: row("WRITE_BLOCK", "tran"),
  25: row("WRITE_MULTIPLE_BLOCK", "tran"),
  32: row("ERASE_WR_BLK_START", "tran"),
  33: row("ERASE_WR_BLK_END", "tran"),
  38: row("ERASE", "tran"),
  55: row("APP_CMD", "idle", ...addressed),
};

export const sdApplicationCommands: Readonly<Record<number, SdCommand>> = {
  6: row("SET_BUS_WIDTH", "tran"),
  13: row("SD_STATUS", "tran"),
  22: row("SEND_NUM_WR_BLOCKS", "tran"),
  23: row("SET_WR_BLK_ERASE_COUNT", "tran"),
  41: row("SD_SEND_OP_COND", "idle"),
  42: row("SET_CLR_CARD_DETECT", "tran"),
  51: row("SEND_SCR", "tran"),
};
