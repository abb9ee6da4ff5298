import { Button } from '@mantine/core';
import { listTemplates } from '@trunkline/contract/templates';
import type { Template } from '@trunkline/contract/templates';
import { CircleCheck, Plug, Webhook, Workflow } from 'lucide-react';
import { useState } from 'react';
import { useOperation } from '../../../lib/api.ts';
import cards from '../ProviderCard.module.css';
import tags from '../Tag.module.css';
import { isDone } from './template-words.ts';
import classes from './templates.module.css';

/** So many are shown before all are asked for. */
const firstShown = 3;

const kinds = {
  webhook: [Webhook, 'Webhook'],
  automation: [Workflow, 'Automation'],
  connections: [Plug, 'Connections'],
} as const;

function TemplateCard({ template, onOpen }: { template: Template; onOpen: () => void }) {
  const [Icon, word] = kinds[template.makes.kind];
  return (
    <li className={cards.card}>
      <div>
        <h3 className={cards.name}>{template.title}</h3>
        <div className={cards.tags}>
          <span className={tags.tag}>
            <Icon size={12} aria-hidden /> {word}
          </span>
          {isDone(template) && (
            <span className={tags.tag}>
              <CircleCheck size={12} aria-hidden /> Done
            </span>
          )}
        </div>
      </div>
      <p className={cards.about}>{template.description}</p>
      <div className={cards.foot}>
        <span />
        <Button
          className={cards.open ?? ''}
          size="xs"
          variant="default"
          aria-label={`Use template ${template.title}`}
          onClick={onOpen}
        >
          Use template
        </Button>
      </div>
    </li>
  );
}

/** Guided set-ups for common cases, a few first (CONN-9). */
export function TemplateRow({ onOpen }: { onOpen: (slug: string) => void }) {
  const { data } = useOperation(listTemplates, {});
  const [isAll, setAll] = useState(false);
  const templates = data?.data ?? [];
  if (templates.length === 0) return null;
  const shown = isAll ? templates : templates.slice(0, firstShown);
  return (
    <section aria-labelledby="templates-title">
      <div className={classes.head}>
        <h2 className={classes.heading} id="templates-title">
          Start from a template
        </h2>
        {templates.length > firstShown && (
          <Button size="xs" variant="subtle" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
            {isAll ? 'Show fewer' : `Show all ${templates.length}`}
          </Button>
        )}
      </div>
      <ul className={classes.grid}>
        {shown.map((template) => (
          <TemplateCard key={template.slug} template={template} onOpen={() => onOpen(template.slug)} />
        ))}
      </ul>
    </section>
  );
}
