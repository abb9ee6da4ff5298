import { Button, Skeleton, TextInput } from '@mantine/core';
import { listProviders } from '@trunkline/contract/catalog';
import type { ProviderSummary } from '@trunkline/contract/catalog';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';
import { CircleCheck, LayoutGrid, ListFilter, Plug, Plus, Search, SearchX } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { Counters } from '../../components/Counters.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { StickySaveBar } from '../../components/StickySaveBar.tsx';
import { UnsavedGuard } from '../../components/UnsavedGuard.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { useOperation } from '../../lib/api.ts';
import { track } from '../../lib/track.ts';
import { countOf, formatNumber } from '../../lib/format.ts';
import { ProviderCard } from './ProviderCard.tsx';
import type { CatalogState } from './integrations-search.ts';
import { lockedReasons } from './reasons.ts';
import { TemplateRow } from './templates/TemplateRow.tsx';
import { useCuration } from './use-curation.ts';
import { useTrackedSearch } from './use-tracked-search.ts';
import { useSearchWords } from './use-search-words.ts';
import classes from './AvailableTab.module.css';

export interface AvailableTabProps {
  words: string;
  category: ProviderCategory | null;
  state: CatalogState;
  onWords: (words: string) => void;
  onCategory: (category: ProviderCategory | null) => void;
  onState: (state: CatalogState) => void;
  onOpen: (slug: string) => void;
  onTemplate: (slug: string) => void;
  onCustom: () => void;
  onReset: () => void;
}

/** The catalog: search, categories with exact counts, and cards to connect from (CAT-2, CAT-3, CAT-6). */
export function AvailableTab(props: AvailableTabProps) {
  const { words, category, state } = props;
  const [isCurating, setCurating] = useState(false);
  const [text, setText] = useSearchWords(words, props.onWords);
  const { data, error, isPending, isPlaceholderData, refetch } = useOperation(
    listProviders,
    {
      ...(words ? { search: words } : {}),
      ...(category ? { category } : {}),
      ...(state === 'all' ? {} : { state }),
      ...(isCurating ? { includeHidden: true } : {}),
    },
    { keepPrevious: true },
  );
  const curation = useCuration(isCurating);
  const [isLeaving, setLeaving] = useState(false);
  const providers = data?.data ?? [];
  useTrackedSearch(words, data && !isPlaceholderData ? providers.length : null);
  const isFiltered = words !== '' || category !== null || state !== 'all';
  const suggested = isFiltered || isCurating ? [] : providers.filter((each) => each.recommendation);
  const counts = data?.counts;
  const found = providers.map(({ slug }) => slug);

  function open({ slug, connected, pending }: ProviderSummary): void {
    const status = connected > pending ? 'connected' : pending > 0 ? 'pending' : 'available';
    track({
      event: 'integration_card_clicked',
      properties: { integration_name: slug, integration_status: status },
    });
    props.onOpen(slug);
  }

  function choose(next: ProviderCategory | null): void {
    if (next !== null) {
      const found = data?.categories.find(({ key }) => key === next);
      track({
        event: 'category_filtered',
        properties: { category_name: next, results_count: found?.count ?? 0 },
      });
    }
    props.onCategory(next);
  }

  function stopOrStart(): void {
    curation.reset();
    setCurating(!isCurating);
  }

  return (
    <>
      <UnsavedGuard subject="what the catalog shows" isDirty={() => curation.dirty} />
      <ConfirmDialog
        opened={isLeaving}
        onClose={() => setLeaving(false)}
        title="Stop without saving?"
        confirmLabel="Discard changes"
        danger
        onConfirm={() => {
          stopOrStart();
          return Promise.resolve();
        }}
      >
        <p>Your changes to what the catalog shows have not been saved.</p>
      </ConfirmDialog>
      <Counters<CatalogState>
        label="Filter by connection"
        value={state}
        onChange={(next) => props.onState(next === state ? 'all' : next)}
        counters={[
          {
            label: 'Connected',
            icon: CircleCheck,
            tone: 'active',
            count: counts?.connected,
            note: 'Integrations in use',
            value: 'connected',
          },
          {
            label: 'Available',
            icon: Plug,
            count: counts?.available,
            note: 'Providers to connect',
            value: 'available',
          },
          { label: 'Categories', icon: LayoutGrid, count: counts?.categories, note: 'To choose from' },
        ]}
      />
      <Card>
        <div className={classes.tools}>
          <TextInput
            className={classes.search ?? ''}
            type="search"
            aria-label="Search the catalog"
            placeholder="Search integrations"
            leftSection={<Search aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <span className={classes.acts}>
            <LockedAction permission="provider.write" reason={lockedReasons.custom}>
              <Button variant="default" leftSection={<Plus aria-hidden />} onClick={props.onCustom}>
                Add a custom provider
              </Button>
            </LockedAction>
            <LockedAction permission="catalog.curate" reason={lockedReasons.curate}>
              <Button
                variant="default"
                leftSection={<ListFilter aria-hidden />}
                aria-pressed={isCurating}
                onClick={() => {
                  if (curation.dirty) setLeaving(true);
                  else stopOrStart();
                }}
              >
                {isCurating ? 'Stop curating' : 'Curate'}
              </Button>
            </LockedAction>
          </span>
        </div>
        <div className={classes.chips}>
          <FilterChips<ProviderCategory | 'all'>
            label="Category"
            value={category ?? 'all'}
            onChange={(next) => choose(next === 'all' ? null : next)}
            chips={[
              { value: 'all', label: 'All', ...(data ? { count: data.total } : {}) },
              ...(data?.categories ?? [])
                .filter(({ count, key }) => count > 0 || key === category)
                .map(({ key, label, count }) => ({ value: key, label, count })),
            ]}
          />
        </div>
      </Card>
      {isCurating && (
        <div className={classes.curation}>
          <Notice
            tone="syncing"
            title={`${countOf(curation.shownCount, 'provider', 'providers')} shown, ${formatNumber(curation.hidden.size)} hidden`}
            actions={
              <>
                <Button size="xs" variant="default" onClick={() => curation.show(found, true)}>
                  Show these {found.length}
                </Button>
                <Button size="xs" variant="default" onClick={() => curation.show(found, false)}>
                  Hide these {found.length}
                </Button>
              </>
            }
          >
            Choose what the administrators of this organization find in the catalog. Integrations of a hidden
            provider go on working.
          </Notice>
        </div>
      )}
      {suggested.length > 0 && (
        <section className={classes.section} aria-labelledby="suggested-title">
          <h2 className={classes.heading} id="suggested-title">
            Suggested for you
          </h2>
          <ul className={classes.grid}>
            {suggested.map((provider) => (
              <ProviderCard key={provider.slug} provider={provider} onOpen={() => open(provider)} />
            ))}
          </ul>
        </section>
      )}
      {!isFiltered && !isCurating && <TemplateRow onOpen={props.onTemplate} />}
      <section className={classes.section} aria-labelledby="providers-title">
        <h2 className={isFiltered || isCurating ? 'visually-hidden' : classes.heading} id="providers-title">
          All providers
        </h2>
        <p className="visually-hidden" role="status">
          {data ? countOf(providers.length, 'provider', 'providers') : ''}
        </p>
        {error && !data && (
          <Card>
            <ErrorState error={error} onRetry={() => void refetch()} />
          </Card>
        )}
        {isPending && (
          <div className={classes.grid} aria-busy>
            {Array.from({ length: 9 }, (_, index) => (
              <Skeleton key={index} height={168} radius="lg" />
            ))}
          </div>
        )}
        {data && providers.length === 0 && (
          <Card>
            <EmptyState
              icon={SearchX}
              title="No provider matches"
              actions={
                <Button
                  variant="default"
                  onClick={() => {
                    setText('');
                    props.onReset();
                  }}
                >
                  Show all providers
                </Button>
              }
            >
              {words
                ? `Nothing in the catalog has the words “${words}” here.`
                : 'Another filter may find it.'}
            </EmptyState>
          </Card>
        )}
        {providers.length > 0 && (
          <ul className={classes.grid}>
            {providers.map((provider) => (
              <ProviderCard
                key={provider.slug}
                provider={suggested.includes(provider) ? { ...provider, recommendation: null } : provider}
                onOpen={() => open(provider)}
                {...(isCurating
                  ? {
                      curation: {
                        shown: !curation.hidden.has(provider.slug),
                        onShown: (shown: boolean) => curation.show([provider.slug], shown),
                      },
                    }
                  : {})}
              />
            ))}
          </ul>
        )}
      </section>
      {isCurating && (
        <StickySaveBar
          dirty={curation.dirty}
          saving={curation.saving}
          error={curation.error}
          onReset={curation.reset}
          onSave={curation.save}
        />
      )}
    </>
  );
}
