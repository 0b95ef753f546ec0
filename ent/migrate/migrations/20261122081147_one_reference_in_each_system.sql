-- +goose Up
-- drop index "externalreference_tenant_id_entity_id" from table: "external_references"
DROP INDEX "externalreference_tenant_id_entity_id";
-- create index "externalreference_tenant_id_entity_id_system" to table: "external_references"
CREATE UNIQUE INDEX "externalreference_tenant_id_entity_id_system" ON "external_references" ("tenant_id", "entity_id", "system");

-- +goose Down
-- reverse: create index "externalreference_tenant_id_entity_id_system" to table: "external_references"
DROP INDEX "externalreference_tenant_id_entity_id_system";
-- reverse: drop index "externalreference_tenant_id_entity_id" from table: "external_references"
CREATE INDEX "externalreference_tenant_id_entity_id" ON "external_references" ("tenant_id", "entity_id");
