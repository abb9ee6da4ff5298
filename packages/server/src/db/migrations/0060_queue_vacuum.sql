-- The queue has a pace of its own: five times the usual one, and not shared with tables that are cleaned up at the same moment,
-- or dead entries pile up at the heads of its indexes, over which every claim has to step.
ALTER TABLE delivery_queue SET (autovacuum_vacuum_cost_delay = 2, autovacuum_vacuum_cost_limit = 1000);
