/** Monotonic milliseconds that every process of this machine shares, unlike `performance.now()`. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
