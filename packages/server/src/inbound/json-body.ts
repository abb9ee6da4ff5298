/** Larger bodies are not read before they are stored: reading a large one holds up everything else. */
const largest = 1_048_576;

/** A body as JSON, or null when it is none, or too large to be read before it is stored. */
export function jsonBody(body: Buffer, bytes = largest): unknown {
  return body.length > bytes ? null : jsonText(body.toString());
}

/** A text as JSON; null when it is none. */
export function jsonText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Whether a body may be read before it is stored. */
export function isReadable(body: Buffer): boolean {
  return body.length <= largest;
}
