import type { SandboxReply } from '../exchange.ts';

export function controlPage(): SandboxReply {
  return { status: 200, body: 'sandbox' };
}
