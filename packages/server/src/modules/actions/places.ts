import type { SecretPlace } from '../../lib/secret-box.ts';

/** Where the input or the result of an action is sealed. */
export function actionPlace(
  organizationId: string,
  id: string,
  column: 'input_box' | 'result_box',
): SecretPlace {
  return { organizationId, table: 'actions', row: id, column };
}
