/** What programs put before a mail that they repeat below an answer. */
const separators = [/^-{2,}\s*original message\s*-{2,}$/i, /^_{20,}$/];
/** Lines of "On Monday somebody wrote:", which programs break. */
const mostAttribution = 3;

/**
 * An answer without the mail that it repeats at its end, in whatever language that is introduced. The whole text where
 * nothing would be left.
 */
export function withoutQuote(text: string): string {
  const lines = text.split(/\r?\n/);
  const end = Math.min(quoteStart(lines), separatorAt(lines));
  const kept = lines.slice(0, end).join('\n').trimEnd();
  return kept === '' ? text : kept;
}

/** Where lines with `>` begin that go on to the end, with what introduces them. */
function quoteStart(lines: readonly string[]): number {
  let start = lines.length;
  let isQuoted = false;
  while (start > 0) {
    const line = lines[start - 1]!.trim();
    if (line !== '' && !line.startsWith('>')) break;
    isQuoted ||= line !== '';
    start -= 1;
  }
  if (!isQuoted) return lines.length;
  if (start === 0 || !lines[start - 1]!.trim().endsWith(':')) return start;
  for (let count = 0; count < mostAttribution && start > 0 && lines[start - 1]!.trim() !== ''; count += 1)
    start -= 1;
  return start;
}

/** The line after which a whole mail follows with its head, as Outlook repeats it. */
function separatorAt(lines: readonly string[]): number {
  const found = lines.findIndex(
    (line, index) =>
      separators.some((separator) => separator.test(line.trim())) &&
      lines.slice(index + 1, index + 4).some((next) => /^\s*\*?[^\s:]{1,20}:\*?\s+\S/.test(next)),
  );
  return found === -1 ? lines.length : found;
}
