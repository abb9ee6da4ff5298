import { useQueryClient } from '@tanstack/react-query';
import { listProviders, updateCatalogCuration } from '@trunkline/contract/catalog';
import { useState } from 'react';
import { invalidateOperations, useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { countOf } from '../../lib/format.ts';
import { isSameSet } from './curation-rules.ts';

/** The choice of what the catalog shows, while a system administrator makes it (CAT-6). */
export function useCuration(active: boolean) {
  const client = useQueryClient();
  const all = useOperation(listProviders, { includeHidden: true }, { enabled: active });
  const [draft, setDraft] = useState<ReadonlySet<string> | null>(null);
  const providers = all.data?.data ?? [];
  const stored = new Set(providers.filter((provider) => provider.hidden).map(({ slug }) => slug));
  const hidden = draft ?? stored;
  const save = useOperationMutation(updateCatalogCuration, {
    onSuccess: (saved) => {
      // The draft stays until the list says the same, so that no card shows the old state in between.
      void invalidateOperations(client, [listProviders]).then(() => setDraft(null));
      notifyDone(
        'Catalog saved',
        saved.hidden.length === 0
          ? 'Every provider is shown.'
          : `${countOf(saved.hidden.length, 'provider is', 'providers are')} hidden.`,
      );
    },
  });

  function show(slugs: readonly string[], shown: boolean): void {
    const next = new Set(hidden);
    for (const slug of slugs) {
      if (shown) next.delete(slug);
      else next.add(slug);
    }
    setDraft(next);
  }

  return {
    isPending: all.isPending,
    hidden,
    shownCount: providers.length - hidden.size,
    dirty: draft !== null && !isSameSet(draft, stored),
    saving: save.isPending,
    error: save.error?.detail ?? null,
    show,
    reset: () => setDraft(null),
    save: () => save.mutate({ hidden: [...hidden].toSorted() }),
  };
}
