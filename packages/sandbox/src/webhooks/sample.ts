/** What a sample event is made of, anew for each sending. */
export interface SampleInput {
  /** Milliseconds since the epoch. */
  now: number;
  /** Different for each sending: letters and digits. */
  id: string;
  /** Values of the simulated account. */
  values: Readonly<Record<string, string>>;
}

/** A webhook before it is signed. */
export interface Sample {
  /** Beside the content type and the signature. */
  headers?: Record<string, string>;
  /** Sent as JSON, or as a form where it is one. */
  body: object | URLSearchParams;
}

/** The events of one provider that can be sent on command, the usual one first. */
export interface SampleSet {
  slugs: readonly string[];
  events: Readonly<Record<string, (input: SampleInput) => Sample>>;
}

/** Hexadecimal characters of an id, in the length that is wanted. */
export function hexOf(id: string, length: number): string {
  return Buffer.from(id).toString('hex').padEnd(length, '0').slice(0, length);
}

/** A UUID made of an id. */
export function uuidOf(id: string): string {
  const hex = hexOf(id, 32);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}
