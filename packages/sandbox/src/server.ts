import type { Visit } from './visits.ts';

/** A server of the sandbox that does not speak HTTP, as the control page shows and commands it. */
export interface SandboxServer {
  /** Beside those of the providers; no provider has it. */
  slug: string;
  name: string;
  /** Where it listens, in words. */
  address: string;
  conditions: readonly { condition: string; means: string }[];
  condition: () => string;
  /** @param condition one of `conditions` */
  setCondition: (condition: string) => Promise<void>;
  /** What one enters to use it. */
  credentials: readonly ServerCredential[];
  /** Newest first. */
  visits: () => readonly Visit[];
  /** What it has taken, newest first. */
  items: () => { kind: string; id: string; at: string; data: unknown }[];
  /** Puts a file there, as the other side would; null where there are no files. */
  put: ((path: string, content: string) => void) | null;
}

export interface ServerCredential {
  key: string;
  label: string;
  value: string;
  secret: boolean;
}
