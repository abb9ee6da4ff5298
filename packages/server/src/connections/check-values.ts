import type { CheckProblem } from '@trunkline/contract/checks';
import type { Connection } from './connection.ts';
import type { CheckRun } from './steps.ts';

/**
 * Looks whether every value is there that the way to connect needs. Values of OAuth apps and of tokens are looked at
 * where they are used.
 */
export function checkValues(run: CheckRun, { auth, values, provider }: Connection): CheckProblem | null {
  const needed = auth.fields.filter(({ optional }) => !optional);
  const missing = needed.filter(({ key }) => (values[key] ?? '') === '');
  const label = 'Values';
  if (missing.length === 0) {
    run.add('values', label, 'ok', needed.length === 0 ? 'None are needed.' : 'All are there.');
    return null;
  }
  const names = missing.map((field) => field.label).join(', ');
  run.add('values', label, 'failed', `Missing: ${names}.`);
  return {
    fault: 'config',
    title: 'Values are missing',
    cause: `${provider.name} needs: ${names}.`,
    fix: 'Enter them and test again.',
    link: null,
  };
}
