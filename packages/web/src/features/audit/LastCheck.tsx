import type { AuditSettings } from '@trunkline/contract/audit';
import type { z } from 'zod';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { formatNumber } from '../../lib/format.ts';
import classes from './AuditPage.module.css';

/** What the product found when it last checked the log by itself. */
export function LastCheck({ check }: { check: z.output<typeof AuditSettings>['check'] }) {
  if (check === null) return <p className={classes.check}>Not checked by itself yet.</p>;
  if (!check.ok) {
    return (
      <Notice
        tone="error"
        role="status"
        title={`The log does not fit together${check.brokenAt === null ? '' : ` at record ${formatNumber(check.brokenAt)}`}`}
      >
        {check.reason} Found <RelativeTime at={check.failingSince} />, last looked at{' '}
        <RelativeTime at={check.at} />. The database was changed from outside or is damaged: compare it with a
        backup.
      </Notice>
    );
  }
  return (
    <p className={classes.check}>
      Checked by itself <RelativeTime at={check.at} />, through record {formatNumber(check.through)}
      {check.wholeAt !== null && (
        <>
          ; every record <RelativeTime at={check.wholeAt} />
        </>
      )}
      .
    </p>
  );
}
