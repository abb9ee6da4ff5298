import { checkWebhookUrl } from '@trunkline/contract/webhooks';
import type { OutputOf } from '@trunkline/contract/operation';
import { useRef, useState } from 'react';
import { callOperation } from '../../lib/api.ts';

export type UrlCheckResult = OutputOf<typeof checkWebhookUrl>;

export interface UrlCheckState {
  /** The URL that `result` is about, or that is being checked. */
  url: string;
  checking: boolean;
  result: UrlCheckResult | null;
}

const idle: UrlCheckState = { url: '', checking: false, result: null };

/** Checks a webhook URL with the server (WH-2), once an address; a newer check outdates an older one. */
export function useUrlCheck() {
  const [state, setState] = useState(idle);
  const running = useRef<{ url: string; promise: Promise<UrlCheckResult | null> } | null>(null);

  async function run(url: string): Promise<UrlCheckResult | null> {
    setState({ url, checking: true, result: null });
    try {
      const result = await callOperation(checkWebhookUrl, { url });
      if (running.current?.url === url) setState({ url, checking: false, result });
      return result;
    } catch {
      // Saving checks the address again, so a check that could not be made is no obstacle.
      if (running.current?.url === url) {
        running.current = null;
        setState(idle);
      }
      return null;
    }
  }

  /** The result for this address; null when it could not be checked. `again` asks anew. */
  function check(url: string, again = false): Promise<UrlCheckResult | null> {
    if (!again && running.current?.url === url) return running.current.promise;
    const promise = run(url);
    running.current = { url, promise };
    return promise;
  }

  function forget(): void {
    running.current = null;
    setState(idle);
  }

  return { state, check, forget };
}
