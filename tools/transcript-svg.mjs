/** Draws lines of a terminal as SVG text (SVG 1.1 chapter 10): one font, one size, colours by what a line is. */

const FONT_SIZE = 13;
const LINE_HEIGHT = 17;
const CHARACTER_WIDTH = 7.83;
const MARGIN = 16;
/** Longer lines go on in the next row, as on a terminal of this width. */
const MAX_COLUMNS = 104;
const TITLE_HEIGHT = 30;

const colors = {
  background: "#14171c",
  frame: "#2a2f38",
  text: "#d6dae0",
  prompt: "#7fc8a9",
  typed: "#ffffff",
  guest: "#9aa4b2",
  note: "#6b7280",
};

const escapeXml = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const span = (color, text) => `<tspan fill="${color}">${escapeXml(text)}</tspan>`;

/** A line in its colours: prompt and what was typed at it, the prefix of the guest's lines, notes in brackets. */
function colored(line) {
  const typed = /^(XVisor# |\$ )(.*)$/.exec(line);
  if (typed !== null) return span(colors.prompt, typed[1]) + span(colors.typed, typed[2]);
  const guest = /^(\[guest0\/uart0\] )(.*)$/.exec(line);
  if (guest !== null) {
    const shell = /^((?:~|\/\S*) # )(.*)$/.exec(guest[2]);
    const text =
      shell === null ? span(colors.text, guest[2]) : span(colors.prompt, shell[1]) + span(colors.typed, shell[2]);
    return span(colors.guest, guest[1]) + text;
  }
  return span(line.startsWith("[...") ? colors.note : colors.text, line);
}

/** A line in rows of at most `MAX_COLUMNS` characters. */
const rowsOf = (line) => (line === "" ? [""] : line.match(new RegExp(`.{1,${MAX_COLUMNS}}`, "g")));

/** The picture of the lines below a bar with `title`. */
export function terminalSvg(whole, title) {
  const lines = whole.flatMap(rowsOf);
  const columns = Math.max(...lines.map((line) => line.length));
  const width = Math.ceil(columns * CHARACTER_WIDTH) + 2 * MARGIN;
  const height = TITLE_HEIGHT + lines.length * LINE_HEIGHT + 2 * MARGIN;
  const firstBaseline = TITLE_HEIGHT + MARGIN + FONT_SIZE;
  const text = lines.flatMap((line, index) =>
    line === ""
      ? []
      : [
          `    <text x="${MARGIN}" y="${firstBaseline + index * LINE_HEIGHT}" xml:space="preserve">${colored(line)}</text>`,
        ],
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `  <rect width="${width}" height="${height}" rx="8" fill="${colors.background}"/>`,
    `  <path d="M0 ${TITLE_HEIGHT}H${width}" stroke="${colors.frame}"/>`,
    `  <g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_SIZE}">`,
    `    <text x="${MARGIN}" y="20" fill="${colors.note}">${escapeXml(title)}</text>`,
    ...text,
    "  </g>",
    "</svg>",
    "",
  ].join("\n");
}
