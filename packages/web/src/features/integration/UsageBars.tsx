import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { Stack } from '../../components/Stack.tsx';
import { fullWords, unitOf, usageOf } from './usage-words.ts';
import classes from './IntegrationPage.module.css';

/** How much an integration is used just now, beside its limits (CONN-4). */
export function UsageBars({
  integration,
}: {
  integration: Pick<IntegrationDetail, 'usage' | 'limits' | 'authType'>;
}) {
  const { usage, limits, authType } = integration;
  const unit = unitOf(authType);
  const full = fullWords(limits, usage, unit);
  const rows = [
    { label: `${unit} this hour`, used: usage.hour, limit: limits.perHour },
    { label: `${unit} today`, used: usage.day, limit: limits.perDay },
  ];
  return (
    <Stack gap={12}>
      {rows.map(({ label, used, limit }) => {
        const { text, tone } = usageOf(used, limit);
        const words = label.charAt(0).toUpperCase() + label.slice(1);
        // Without a limit there is nothing that could fill.
        return limit === null ? (
          <p key={label} className={classes.usage}>
            <span>{words}</span>
            <span>{text}</span>
          </p>
        ) : (
          <ProgressBar
            key={label}
            label={words}
            text={text}
            tone={tone}
            value={Math.min(used, limit)}
            max={limit}
          />
        );
      })}
      {full && (
        <p className={classes.full} role="status">
          {full}
        </p>
      )}
    </Stack>
  );
}
