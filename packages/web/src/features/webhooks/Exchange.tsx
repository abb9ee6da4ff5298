import type { DeliveryRequest, DeliveryResponse } from '@trunkline/contract/deliveries';
import type { z } from 'zod';
import { CodeBlock, HeadersTable } from '../../components/CodeBlock.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { formatDuration } from '../../lib/format.ts';
import { statusText } from './status-text.ts';
import classes from './Exchange.module.css';

export type SentRequest = z.infer<typeof DeliveryRequest>;
export type GotResponse = z.infer<typeof DeliveryResponse>;

/** A request as it was sent: address, headers, body. */
export function RequestView({ request }: { request: SentRequest }) {
  return (
    <Stack gap={12}>
      <div className={classes.line}>
        <span className={classes.method}>{request.method}</span>
        <span className={classes.url}>{request.url}</span>
        <CopyButton label="Copy URL" value={request.url} />
      </div>
      <HeadersTable label="Request headers" headers={request.headers} />
      <CodeBlock label="Request body" value={request.body} />
    </Stack>
  );
}

/** What the endpoint answered, or why there is no answer. */
export function ResponseView({
  response,
  durationMs,
  failure,
}: {
  response: GotResponse | null;
  durationMs: number | null;
  /** Shown when no answer came. */
  failure: string | null;
}) {
  if (!response) {
    return (
      <Notice tone={failure ? 'error' : 'disabled'} title={failure ? 'No answer came' : 'Not sent yet'}>
        {failure ?? 'The response appears here after the first attempt.'}
      </Notice>
    );
  }
  const failed = response.status < 200 || response.status > 299;
  return (
    <Stack gap={12}>
      <div className={classes.line}>
        <span className={failed ? `${classes.status} ${classes.failed}` : classes.status}>
          {statusText(response.status)}
        </span>
        {durationMs !== null && <span className={classes.time}>in {formatDuration(durationMs)}</span>}
      </div>
      <HeadersTable label="Response headers" headers={response.headers} />
      <CodeBlock
        label="Response body"
        value={response.body}
        {...(response.truncated ? { note: 'The rest of the answer was not kept.' } : {})}
      />
    </Stack>
  );
}

/** Request and response beside each other; below each other when narrow. */
export function ExchangeColumns(props: {
  request: SentRequest;
  response: GotResponse | null;
  durationMs: number | null;
  failure: string | null;
}) {
  const { request, ...answer } = props;
  return (
    <div className={classes.columns}>
      <div>
        <h3 className={classes.heading}>Request</h3>
        <RequestView request={request} />
      </div>
      <div>
        <h3 className={classes.heading}>Response</h3>
        <ResponseView {...answer} />
      </div>
    </div>
  );
}
