import type { BrowserContext, ConsoleMessage, WebError } from '@playwright/test';

/** What must not happen in a page: script errors, refused styles or scripts, anything that the console calls an error. */
export interface PageWatch {
  /** Watches every page of a context, until what it gives back is called. */
  watch(context: BrowserContext): () => void;
  /**
   * Expects console errors like this one. Browsers log every answer from 400 on as an error, also the refusal
   * that a test is about.
   */
  allow(pattern: RegExp): void;
  /** What happened and was not allowed. */
  problems(): string[];
}

export function createPageWatch(): PageWatch {
  const found: string[] = [];
  const allowed: RegExp[] = [];
  return {
    watch(context) {
      const onMessage = (message: ConsoleMessage) => {
        if (message.type() !== 'error') return;
        found.push(`${message.text()} (${message.location().url})`);
      };
      const onError = (error: WebError) => void found.push(`uncaught: ${error.error().message}`);
      context.on('console', onMessage);
      context.on('weberror', onError);
      return () => {
        context.off('console', onMessage);
        context.off('weberror', onError);
      };
    },
    allow: (pattern) => void allowed.push(pattern),
    problems: () => found.filter((text) => !allowed.some((pattern) => pattern.test(text))),
  };
}
