import { Button, Switch } from '@mantine/core';
import type { ProviderSummary } from '@trunkline/contract/catalog';
import { EyeOff, FileText, Sparkles, Wrench } from 'lucide-react';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { CategoryTag } from './CategoryTag.tsx';
import tags from './Tag.module.css';
import classes from './ProviderCard.module.css';

export interface ProviderCardProps {
  provider: ProviderSummary;
  /** Opens what the provider is, and the way to connect it. */
  onOpen: () => void;
  /** While the catalog is curated: whether it is shown, and the switch for it. */
  curation?: { shown: boolean; onShown: (shown: boolean) => void };
}

/** A provider in the catalog; the whole card opens it. */
export function ProviderCard({ provider, onOpen, curation }: ProviderCardProps) {
  const { name, slug, description, connected, pending, recommendation } = provider;
  const working = connected - pending;
  const hidden = curation ? !curation.shown : provider.hidden;
  return (
    <li className={classes.card} data-hidden={hidden ? true : undefined}>
      <div className={classes.head}>
        <ProviderLogo slug={slug} name={name} />
        <div className={classes.words}>
          <h3 className={classes.name}>{name}</h3>
          <div className={classes.tags}>
            <CategoryTag category={provider.category} />
            {provider.byFiles && (
              <span className={tags.tag}>
                <FileText size={12} aria-hidden /> Files
              </span>
            )}
            {provider.custom && (
              <span className={tags.tag}>
                <Wrench size={12} aria-hidden /> Your own
              </span>
            )}
            {hidden && (
              <span className={tags.tag}>
                <EyeOff size={12} aria-hidden /> Hidden
              </span>
            )}
          </div>
        </div>
      </div>
      {recommendation ? (
        <p className={classes.reason}>
          <Sparkles size={14} aria-hidden /> {recommendation.reason}
        </p>
      ) : null}
      <p className={classes.about}>{description}</p>
      <div className={classes.foot}>
        {curation ? (
          <Switch
            label={curation.shown ? 'Shown' : 'Hidden'}
            aria-label={`Show ${name} in the catalog`}
            checked={curation.shown}
            onChange={(event) => curation.onShown(event.currentTarget.checked)}
          />
        ) : (
          <>
            {working > 0 ? (
              <StatusBadge status="active" label={working > 1 ? `Connected (${working})` : 'Connected'} />
            ) : pending > 0 ? (
              <StatusBadge status="pending" label="Not connected yet" />
            ) : (
              <span className={classes.way}>
                {provider.selfServe ? 'Available' : 'Available with a contract'}
              </span>
            )}
            <Button
              className={classes.open ?? ''}
              size="xs"
              variant="default"
              aria-label={connected > 0 ? `Details of ${name}` : `Connect ${name}`}
              onClick={onOpen}
            >
              {connected > 0 ? 'Details' : 'Connect'}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
