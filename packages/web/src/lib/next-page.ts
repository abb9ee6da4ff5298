/** What a try to read the next page tells: how many pages there are now, and whether it failed. */
export interface PageTry {
  pages: number;
  failed: boolean;
}

/** A list that changes faster than a page of it can be read is left as it is. */
const mostTries = 20;

/**
 * Reads the next page of a list that is read again whenever something in it changes: that drops a page on its way and reads
 * those that were there, so the page is asked for once more. Ends when it is there, when reading failed, or when nobody wants
 * it any more.
 */
export async function readNextPage(
  pages: number,
  read: () => Promise<PageTry>,
  isWanted: () => boolean,
): Promise<void> {
  for (let tries = 0; tries < mostTries && isWanted(); tries += 1) {
    const now = await read();
    if (now.failed || now.pages > pages) return;
  }
}
