const headEnd = Buffer.from('\r\n\r\n');
const lengthHeader = /\r\ncontent-length: *(\d+)/i;

/**
 * Cuts HTTP/1.1 messages with a content-length out of what a socket brings. Load generator and receiver share the
 * machine with what is measured, so they read no more of a message than they need.
 */
export class MessageReader {
  readonly #onMessage: (bytes: Buffer, start: number, bodyStart: number, end: number) => void;
  #rest: Buffer | null = null;

  constructor(onMessage: (bytes: Buffer, start: number, bodyStart: number, end: number) => void) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let start = 0;
    while (start < bytes.length) {
      const head = bytes.indexOf(headEnd, start);
      if (head === -1) break;
      const length = lengthHeader.exec(bytes.toString('latin1', start, head));
      const bodyStart = head + headEnd.length;
      const end = bodyStart + (length ? Number(length[1]) : 0);
      if (end > bytes.length) break;
      this.#onMessage(bytes, start, bodyStart, end);
      start = end;
    }
    this.#rest = start < bytes.length ? bytes.subarray(start) : null;
  }
}
