-- After 0062_portal.sql: reads the audit log without keeping anybody from writing to it.
ALTER TABLE audit_log VALIDATE CONSTRAINT audit_log_actor_type_check;
