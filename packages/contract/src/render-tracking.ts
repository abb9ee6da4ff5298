import { z } from 'zod';
import { renderTable } from './event-types/render.ts';
import { trackedEventNames, trackingPlan } from './tracking-plan.ts';
import type { TrackedEventName } from './tracking-plan.ts';
import { trackingDays } from './tracking.ts';

const introduction = `# What is recorded about use

<!-- Made from packages/contract/src/tracking-plan.ts. Change it there, then run:
UPDATE_DOCS=1 npx vitest run packages/contract/src/render-tracking.test.ts -->

Trunkline records how people use it, so that the page **Insights** can answer questions about it. The list below is
complete: an event that is not in it, or that has a property more, is refused.

- **Nothing leaves the installation.** What is recorded lies in its own database and is sent nowhere.
- **No free text, no secrets, no addresses.** Properties are numbers, ids and words of closed lists; of a search only
  the length, of a webhook only the host. No IP address and no user agent: only whether the window was wide or narrow.
- **Who:** the person's id and role. A person's events are deleted with the membership, an organization's with it.
- **How long:** ${trackingDays} days. A system administrator can erase everything at any time.
- **Who sees it:** system administrators and utility administrators, as sums, on the page Insights.
- **Off:** the switch on that page, for the organization (a system administrator, audited), or
  \`TRUNKLINE_TRACKING=off\` for the installation. Off, nothing is written.
- **Asked not to:** browsers that send \`DNT: 1\` or \`Sec-GPC: 1\` send no events, and nothing is recorded for their
  requests.
- At most 240 events of a person are kept of any minute.

What the audit log records is apart from this: it is for security and cannot be switched off.
`;

/** The page `docs/tracking.md`: every event with its properties, in Prettier's own style. */
export function renderTracking(): string {
  const planned = trackedEventNames.filter((name) => trackingPlan[name].planned);
  const others = trackedEventNames.filter((name) => !trackingPlan[name].planned);
  return `${[
    introduction.trimEnd(),
    '## Events of the tracking plan',
    ...planned.map(renderEvent),
    '## Further events',
    'These are not in the plan; its questions about friction and about features could not be answered without them.',
    ...others.map(renderEvent),
  ].join('\n\n')}\n`;
}

function renderEvent(name: TrackedEventName): string {
  const { by, when, question, properties } = trackingPlan[name];
  const shape = z.toJSONSchema(properties, { io: 'input' }).properties ?? {};
  const rows = Object.entries(shape).map(([property, schema]) => {
    const field = schema as z.core.JSONSchema.JSONSchema;
    return [`\`${property}\``, typeOf(field), field.description ?? ''];
  });
  return [
    `### ${name}`,
    `${when} Recorded by the ${by}. _${question}_`,
    renderTable(['Property', 'Type', 'Meaning'], rows),
  ].join('\n\n');
}

/** Lists longer than this are named, not written out. */
const longList = 12;

function typeOf(schema: z.core.JSONSchema.JSONSchema): string {
  const items = schema.items;
  if (typeof items === 'object' && !Array.isArray(items)) return `list of ${typeOf(items)}`;
  const values = schema.enum;
  if (values === undefined) return schema.format ?? String(schema.type);
  if (values.length > longList) return `one of ${values.length} words`;
  return values.map((value) => `\`${String(value)}\``).join(', ');
}
