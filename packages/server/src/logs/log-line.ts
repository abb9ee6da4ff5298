import type { LogLevel, LogSource } from '@trunkline/contract/log-levels';

/** What went wrong, for whoever opens the line. */
export interface LogError {
  code?: string | undefined;
  message: string;
  stack?: string | undefined;
}

export type LogValue = string | number | boolean | null | undefined;

/** Flat values beside the sentence: `host`, `error`, `messageId`, `durationMs` and others. Never a body, never a secret. */
export type LogDetails = { error?: LogError | undefined } & Record<string, LogValue | LogError>;

/** One happening, as its writer tells it. */
export interface LogLine {
  organizationId: string;
  integrationId?: string | undefined;
  webhookId?: string | undefined;
  source: LogSource;
  level: LogLevel;
  /** What happened, in dotted words: `check.failed`. */
  event: string;
  /** One plain sentence. */
  message: string;
  details?: LogDetails | undefined;
}

/** A line as it is stored. */
export interface StoredLine extends Required<Pick<LogLine, 'organizationId' | 'source' | 'level'>> {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  event: string;
  integrationId: string | null;
  webhookId: string | null;
  message: string;
  /** As JSON. */
  details: string;
  /** As the text of a tsvector. */
  words: string;
}
