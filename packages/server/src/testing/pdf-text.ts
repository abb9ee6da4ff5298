import { getDocumentProxy } from 'unpdf';

/** What a reader sees of a PDF: for every line its pieces of text, from left to right, page after page. */
export async function pdfText(file: Uint8Array): Promise<string[][]> {
  const document = await getDocumentProxy(new Uint8Array(file));
  const lines: string[][] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const { items } = await (await document.getPage(number)).getTextContent();
    const byHeight = new Map<number, { left: number; text: string }[]>();
    for (const item of items) {
      if (!('str' in item) || item.str.trim() === '') continue;
      const [, , , , left, height] = item.transform as number[];
      const line = Math.round(height!);
      byHeight.set(line, [...(byHeight.get(line) ?? []), { left: left!, text: item.str }]);
    }
    for (const [, pieces] of [...byHeight].sort(([a], [b]) => b - a)) {
      lines.push(pieces.sort((a, b) => a.left - b.left).map(({ text }) => text));
    }
  }
  await document.destroy();
  return lines;
}
