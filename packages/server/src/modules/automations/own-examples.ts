import type { Tx } from '../../ctx.ts';
import type { ExampleType } from './try-draft.ts';

/** The organization's own event types with their examples. */
export async function listOwnExamples(tx: Tx): Promise<ExampleType[]> {
  return tx.query<ExampleType>(
    'SELECT name, example FROM event_types WHERE organization_id = current_organization() ORDER BY name',
  );
}
