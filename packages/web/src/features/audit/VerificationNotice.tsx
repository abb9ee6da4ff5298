import { getAuditSettings } from '@trunkline/contract/audit';
import type { verifyAudit } from '@trunkline/contract/audit';
import type { OutputOf } from '@trunkline/contract/operation';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Notice } from '../../components/Notice.tsx';
import { useOperation } from '../../lib/api.ts';
import { countOf, formatAbsolute, formatNumber } from '../../lib/format.ts';

export type Verification = OutputOf<typeof verifyAudit> & { at: number };

/** With what the log is signed, to be kept where nobody who can reach this database can change it. */
function KeepElsewhere() {
  const { data } = useOperation(getAuditSettings, {});
  if (!data) return null;
  return (
    <>
      <CopyButton label={`Copy public key ${data.keyId}`} value={data.publicKey} withLabel />
      {data.checkpoint && (
        <CopyButton
          label={`Copy checkpoint at record ${formatNumber(data.checkpoint.sequence)}`}
          value={JSON.stringify({ checkpoint: data.checkpoint, publicKey: data.publicKey })}
          withLabel
        />
      )}
    </>
  );
}

/** What a check of the log found. */
export function VerificationNotice({ result }: { result: Verification }) {
  const { ok, checked, brokenAt, reason, removed, checkpoints, signedSince, at } = result;
  if (!ok) {
    return (
      <Notice
        tone="error"
        title={
          brokenAt === null ? 'The chain is broken' : `The chain breaks at record ${formatNumber(brokenAt)}`
        }
      >
        {reason ?? 'The record does not fit the one before it.'}{' '}
        {brokenAt === null
          ? ''
          : `${formatNumber(Math.max(0, brokenAt - 1 - removed))} records before it are intact. `}
        The database was changed from outside or is damaged: compare it with a backup.
      </Notice>
    );
  }
  return (
    <Notice
      tone="active"
      title={`${countOf(checked, 'record', 'records')}, chain intact`}
      actions={<KeepElsewhere />}
    >
      Every record fits the one before it, and {countOf(checkpoints, 'checkpoint', 'checkpoints')} and the end
      are signed by this installation: nothing was changed, taken out, put in between or cut off.
      {removed > 0 && ` ${countOf(removed, 'older record was', 'older records were')} removed by retention.`}
      {signedSince !== null &&
        ` Signed since record ${formatNumber(signedSince)}; of those before, only the hashes were checked.`}{' '}
      Checked {formatAbsolute(at)}.
    </Notice>
  );
}
