import type { CheckProblem } from '@trunkline/contract/checks';
import type { Connection } from './connection.ts';
import type { CheckRun } from './steps.ts';

/**
 * Looks whether every value is there that the way to connect needs. Values of OAuth apps are looked at where they are
 * used: with the token.
 */
export function checkValues(run: CheckRun, { auth, values, provider }: Connection): CheckProblem | null {
  const needed = auth.fields.filter(
    ({ optional, level }) => !optional && (auth.type !== 'oauth2' || level === 'account'),
  );
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
