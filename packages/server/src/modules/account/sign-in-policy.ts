import type { saveSignInPolicy } from '@trunkline/contract/account';
import type { InputOf } from '@trunkline/contract/operation';
import type { Tx } from '../../ctx.ts';

export type SecondFactorPolicy = InputOf<typeof saveSignInPolicy>['secondFactor'];

/** Of whom the organization requires a second factor. */
export async function readSignInPolicy(tx: Tx): Promise<SecondFactorPolicy> {
  const [row] = await tx.query<{ policy: SecondFactorPolicy }>(
    'SELECT second_factor AS policy FROM sign_in_policies WHERE organization_id = current_organization()',
  );
  return row?.policy ?? 'nobody';
}
