/** Source of cryptographic randomness: `size` bytes. In production this is `randomBytes` of `node:crypto`. */
export type RandomBytes = (size: number) => Buffer;
