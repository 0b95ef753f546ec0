-- +goose Up
-- drop index "delivery_tenant_id_event_id_integration_id_replay" from table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_integration_id_replay";
-- drop index "delivery_tenant_id_event_id_webhook_endpoint_id_replay" from table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_webhook_endpoint_id_replay";
-- drop index "delivery_tenant_id_integration_id_sequence" from table: "deliveries"
DROP INDEX "delivery_tenant_id_integration_id_sequence";
-- drop index "delivery_tenant_id_webhook_endpoint_id_sequence" from table: "deliveries"
DROP INDEX "delivery_tenant_id_webhook_endpoint_id_sequence";
-- create index "delivery_tenant_id_event_id_integration_id_replay" to table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_integration_id_replay" ON "deliveries" ("tenant_id", "event_id", "integration_id", "replay") WHERE (integration_id IS NOT NULL);
-- create index "delivery_tenant_id_event_id_webhook_endpoint_id_replay" to table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_webhook_endpoint_id_replay" ON "deliveries" ("tenant_id", "event_id", "webhook_endpoint_id", "replay") WHERE (webhook_endpoint_id IS NOT NULL);
-- create index "delivery_tenant_id_integration_id_sequence" to table: "deliveries"
CREATE INDEX "delivery_tenant_id_integration_id_sequence" ON "deliveries" ("tenant_id", "integration_id", "sequence") WHERE (integration_id IS NOT NULL);
-- create index "delivery_tenant_id_webhook_endpoint_id_sequence" to table: "deliveries"
CREATE INDEX "delivery_tenant_id_webhook_endpoint_id_sequence" ON "deliveries" ("tenant_id", "webhook_endpoint_id", "sequence") WHERE (webhook_endpoint_id IS NOT NULL);

-- +goose Down
-- reverse: create index "delivery_tenant_id_webhook_endpoint_id_sequence" to table: "deliveries"
DROP INDEX "delivery_tenant_id_webhook_endpoint_id_sequence";
-- reverse: create index "delivery_tenant_id_integration_id_sequence" to table: "deliveries"
DROP INDEX "delivery_tenant_id_integration_id_sequence";
-- reverse: create index "delivery_tenant_id_event_id_webhook_endpoint_id_replay" to table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_webhook_endpoint_id_replay";
-- reverse: create index "delivery_tenant_id_event_id_integration_id_replay" to table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_integration_id_replay";
-- reverse: drop index "delivery_tenant_id_webhook_endpoint_id_sequence" from table: "deliveries"
CREATE INDEX "delivery_tenant_id_webhook_endpoint_id_sequence" ON "deliveries" ("tenant_id", "webhook_endpoint_id", "sequence");
-- reverse: drop index "delivery_tenant_id_integration_id_sequence" from table: "deliveries"
CREATE INDEX "delivery_tenant_id_integration_id_sequence" ON "deliveries" ("tenant_id", "integration_id", "sequence");
-- reverse: drop index "delivery_tenant_id_event_id_webhook_endpoint_id_replay" from table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_webhook_endpoint_id_replay" ON "deliveries" ("tenant_id", "event_id", "webhook_endpoint_id", "replay");
-- reverse: drop index "delivery_tenant_id_event_id_integration_id_replay" from table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_integration_id_replay" ON "deliveries" ("tenant_id", "event_id", "integration_id", "replay");
