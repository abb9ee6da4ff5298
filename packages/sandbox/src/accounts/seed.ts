import { createHash } from 'node:crypto';

/** 32 bytes that are always the same for a name. */
export function seedOf(name: string): Buffer {
  return createHash('sha256').update(`trunkline-sandbox:${name}`).digest();
}

/** Numbers from 0 up to but without `below`, always the same row for a name. */
export function numbersOf(name: string): (below: number) => number {
  let turn = 0;
  let pool: Buffer = Buffer.alloc(0);
  return (below) => {
    if (pool.length < 4) {
      pool = seedOf(`${name}:${turn}`);
      turn += 1;
    }
    const value = pool.readUInt32BE(0);
    pool = pool.subarray(4);
    return value % below;
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A text of letters and digits, always the same for a name. */
export function textOf(name: string, length: number): string {
  const next = numbersOf(name);
  return Array.from({ length }, () => alphabet[next(alphabet.length)]!).join('');
}
