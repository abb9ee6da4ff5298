/** Where in the code an error comes from: its frames without its message, which may repeat what somebody sent. */
export function stackFrames(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  const frames = error.stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return frames.length === 0 ? undefined : [error.name, ...frames].join('\n');
}
