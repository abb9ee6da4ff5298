import type { InboundSource } from '@trunkline/contract/inbound';
import type { ReactNode } from 'react';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useNow } from '../../lib/clock.ts';
import { countOf } from '../../lib/format.ts';
import { lateRefusal, refusalWords } from './source-words.ts';

const minuteMs = 60_000;

/** Why the last webhook of a source was refused and what to do; nothing when all is well again. */
export function RefusalNotice({ source, actions }: { source: InboundSource; actions?: ReactNode }) {
  const refusal = lateRefusal(source, useNow(minuteMs));
  if (refusal === null) return null;
  const { title, fix } = refusalWords(source, refusal.reason, refusal.address);
  return (
    <Notice
      tone="error"
      title={`Refused: ${title.charAt(0).toLowerCase()}${title.slice(1)}`}
      actions={actions}
    >
      {fix} The last one came from <span className="mono">{refusal.address}</span>,{' '}
      <RelativeTime at={refusal.at} />
      {source.refused24h > 1 && `; ${countOf(source.refused24h, 'was', 'were')} refused in 24 hours`}.
    </Notice>
  );
}
