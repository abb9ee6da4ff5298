/** Control characters, line ends and marks that turn the direction of writing. */
const unseen = /[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu;
/** The same, but for the line feed. */
const unseenInLine = /(?:(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069])+/gu;

/** A text of another side on one line, each run of characters that nobody sees as a blank. */
export function oneLine(text: string): string {
  return text.replace(unseen, ' ');
}

/** As {@link oneLine}, with the lines of the text kept. */
export function plainLines(text: string): string {
  return text.replace(unseenInLine, ' ');
}
