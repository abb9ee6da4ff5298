import type pg from 'pg';

/** Uses an invitation up; an email that has not gone out is not sent any more. */
export async function markAccepted(db: pg.PoolClient, id: string, now: Date): Promise<void> {
  await db.query(
    `UPDATE invitations SET accepted_at = $2, token_box = NULL, mail_due_at = NULL,
       mail_state = CASE mail_state WHEN 'waiting' THEN 'none' ELSE mail_state END
     WHERE id = $1`,
    [id, now],
  );
}
