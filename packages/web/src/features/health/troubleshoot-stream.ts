import type {
  TroubleshootDiagnosis,
  TroubleshootMessage,
  TroubleshootStep,
} from '@trunkline/contract/health';
import { ApiError, toApiError } from '../../lib/api-error.ts';
import { frameHeaders, isFramed } from '../../lib/frame.ts';

export type TroubleshootPart = 'all' | 'network';

/** What the troubleshooter has told so far. */
export interface Progress {
  steps: readonly TroubleshootStep[];
  diagnosis: TroubleshootDiagnosis | null;
}

export const nothingYet: Progress = { steps: [], diagnosis: null };

/** The progress after one more message; a step that is known takes its new form in its old place. */
export function withMessage(progress: Progress, message: TroubleshootMessage): Progress {
  if (message.type === 'diagnosis') return { ...progress, diagnosis: message.diagnosis };
  if (message.type !== 'step') return progress;
  const { step } = message;
  const known = progress.steps.some(({ key }) => key === step.key);
  return {
    ...progress,
    steps: known
      ? progress.steps.map((each) => (each.key === step.key ? step : each))
      : [...progress.steps, step],
  };
}

/** Cuts a stream of text into its lines; what has no end yet waits for the next part. */
export function createLineReader(onLine: (line: string) => void): (part: string) => void {
  let rest = '';
  return (part) => {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
}

/**
 * Troubleshoots an integration and tells every message as it arrives.
 *
 * @throws ApiError
 */
export async function streamTroubleshooting(
  { id, part }: { id: string; part: TroubleshootPart },
  onMessage: (message: TroubleshootMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`/api/v1/integrations/${id}/troubleshoot/stream?part=${part}`, {
    method: 'POST',
    headers: frameHeaders(),
    credentials: isFramed ? 'omit' : 'same-origin',
    signal,
  });
  if (!response.ok || response.body === null) {
    const problem: unknown = await response.json().catch(() => null);
    throw toApiError({ data: { problem } });
  }
  let failure: string | null = null;
  const read = createLineReader((line) => {
    const message = JSON.parse(line) as TroubleshootMessage;
    if (message.type === 'failed') failure = message.detail;
    else onMessage(message);
  });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    read(decoder.decode(part.value, { stream: true }));
  }
  if (failure !== null) throw new ApiError({ code: 'internal', detail: failure, requestId: null });
}
