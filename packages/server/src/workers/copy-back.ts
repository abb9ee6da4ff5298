import type { App } from '../ctx.ts';
import { claimDisplaced, copyBack } from '../modules/actions/copy-back.ts';
import type { HeldFile } from '../modules/actions/copy-back.ts';
import { Rounds } from './rounds.ts';

/** Files at once on this node. */
const atOnce = 4;

/** Copies files that backups took back to their primaries when these work; every node takes its share. */
export class CopyBack extends Rounds {
  constructor(app: App) {
    super(app, { everyMs: 2_000, failure: 'files could not be copied back' });
  }

  protected override async round(): Promise<void> {
    while (!this.stopping) {
      const held = await claimDisplaced(this.app, atOnce);
      if (held.length === 0) return;
      await Promise.all(held.map((file) => this.#copy(file)));
    }
  }

  async #copy(file: HeldFile): Promise<void> {
    try {
      await copyBack(this.app, file);
    } catch (error) {
      // It is taken again when nobody holds it any more.
      this.app.log.warn({ err: error, file: file.id }, 'a file could not be copied back');
    }
  }
}
