import { getInboundSource, listInboundSources, updateInboundSource } from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { lockedReasons } from './reasons.ts';
import { senderOf } from './source-words.ts';
import classes from './inbound.module.css';

/** Which events the webhooks of a source are turned into; each switch acts at once. */
export function EventSwitches({ source }: { source: InboundSource }) {
  const update = useOperationMutation(updateInboundSource, {
    invalidates: [getInboundSource, listInboundSources],
  });
  if (source.switches.length === 0) {
    return (
      <p className={classes.text}>
        Every webhook becomes one event of the type <span className="mono">inbound.received</span>, with all
        that {senderOf(source)} has sent.
      </p>
    );
  }
  return (
    <ul className={classes.switches} aria-label="Events">
      {source.switches.map(({ eventType, label, enabled }) => (
        <li key={eventType}>
          <Toggle
            label={label}
            withLabel
            checked={enabled}
            onChange={(next) => update.mutateAsync({ id: source.id, switches: { [eventType]: next } })}
            permission="inbound.write"
            lockedReason={lockedReasons.write}
          />
          <span className={classes.type}>{eventType}</span>
        </li>
      ))}
    </ul>
  );
}
