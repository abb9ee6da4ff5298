/** The characters of windows-1252 from 0x80 on; five bytes stand for nothing. */
const characters = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/**
 * A text whose bytes were windows-1252 and were read as ISO 8859-1, as Node 20 does: control characters become what was
 * meant, such as the euro sign. Nobody writes those controls.
 */
export function fromWindows1252(text: string): string {
  return text.replaceAll(/[\u0080-\u009f]/g, (control) => characters[control.charCodeAt(0) - 0x80]!);
}
