import type { SandboxReply } from '../exchange.ts';
import type { ControlRequest } from '../http-front.ts';
import { text } from '../operations.ts';

/** Answers the methods that an address knows. */
export async function allowing(
  methods: readonly string[],
  request: ControlRequest,
  reply: () => SandboxReply | Promise<SandboxReply>,
): Promise<SandboxReply> {
  if (methods.includes(request.method)) return reply();
  return { ...problem(405, 'This cannot be done here.'), headers: { allow: methods.join(', ') } };
}

/** The body as an object of JSON; null for anything else. */
export function bodyOf({ headers, body }: ControlRequest): Record<string, unknown> | null {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return null;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A refusal in words. */
export function problem(status: number, detail: string): SandboxReply {
  return { ...text(status, `${detail}\n`) };
}
