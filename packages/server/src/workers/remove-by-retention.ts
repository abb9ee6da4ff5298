import type pg from 'pg';

/** Runs work in a transaction of its own; one that is not this node's turn does nothing. */
export type Transaction = (work: (client: pg.PoolClient) => Promise<unknown>) => Promise<void>;

/** How long an organization keeps something. */
export interface Kept {
  id: string;
  days: number;
}

export interface Removal {
  /** Rows of one transaction, so that nothing waits long for a lock. */
  atATime: number;
  /** Whose rows may be too old. */
  organizations: (client: pg.PoolClient) => Promise<readonly Kept[]>;
  /** Removes up to `limit` of them, and gives how many. */
  remove: (client: pg.PoolClient, organization: Kept, limit: number) => Promise<number>;
}

/** Removes what is older than each organization keeps it, a batch a transaction, until nothing is left to remove. */
export async function removeByRetention(
  transaction: Transaction,
  { atATime, organizations, remove }: Removal,
): Promise<void> {
  let removed = atATime;
  while (removed >= atATime) {
    removed = 0;
    await transaction(async (client) => {
      for (const organization of await organizations(client)) {
        if (removed >= atATime) return;
        removed += await remove(client, organization, atATime - removed);
      }
    });
  }
}
