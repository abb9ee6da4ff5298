-- The ledger asks what became of an event at a webhook. A first delivery is found by its id, which shares its event's
-- time and 60 bits; replays, recoveries and tests have ids of their own time and are found here. First deliveries are
-- in none of these indexes, so accepting and sending events writes no more than before.
CREATE INDEX attempts_replays ON attempts (webhook_id, event_id DESC, state) WHERE trigger <> 'event';
CREATE INDEX delivery_queue_replays ON delivery_queue (webhook_id, event_id DESC) WHERE trigger <> 'event';
CREATE INDEX dead_letters_replays ON dead_letters (webhook_id, event_id DESC) WHERE trigger <> 'event';
