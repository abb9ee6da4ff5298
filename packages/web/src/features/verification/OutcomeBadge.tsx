import type { VerificationOutcome } from '@trunkline/contract/verification';
import { CircleCheck, CirclePause, CircleX, TriangleAlert } from 'lucide-react';
import { outcomeWords } from './verification-words.ts';
import classes from './Verification.module.css';

const icons = { failed: CircleX, warning: TriangleAlert, ok: CircleCheck, skipped: CirclePause };

/** What was found of an integration, as icon and word. */
export function OutcomeBadge({ outcome }: { outcome: VerificationOutcome }) {
  const Icon = icons[outcome];
  return (
    <span className={classes.outcome} data-outcome={outcome}>
      <Icon size={14} aria-hidden />
      {outcomeWords[outcome]}
    </span>
  );
}
