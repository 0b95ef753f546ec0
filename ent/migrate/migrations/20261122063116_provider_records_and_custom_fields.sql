-- +goose Up
-- modify "classes" table
ALTER TABLE "classes" ADD COLUMN "custom_fields" jsonb NOT NULL DEFAULT '{}';
-- modify "students" table
ALTER TABLE "students" ADD COLUMN "custom_fields" jsonb NOT NULL DEFAULT '{}';
-- modify "enrollments" table
ALTER TABLE "enrollments" ADD COLUMN "custom_fields" jsonb NOT NULL DEFAULT '{}';
-- modify "staff" table
ALTER TABLE "staff" ADD COLUMN "custom_fields" jsonb NOT NULL DEFAULT '{}';
-- create "custom_fields" table
CREATE TABLE "custom_fields" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "entity" character varying NOT NULL COLLATE "C", "key" character varying NOT NULL COLLATE "C", "label" character varying NOT NULL COLLATE "C", "kind" character varying NOT NULL COLLATE "C", "options" jsonb NOT NULL, "required" boolean NOT NULL DEFAULT false, "family_access" character varying NOT NULL DEFAULT 'NONE' COLLATE "C", "archived" boolean NOT NULL DEFAULT false, PRIMARY KEY ("id"), CONSTRAINT "custom_fields_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "customfield_tenant_id_entity_key" to table: "custom_fields"
CREATE UNIQUE INDEX "customfield_tenant_id_entity_key" ON "custom_fields" ("tenant_id", "entity", "key");
-- create index "customfield_tenant_id_id" to table: "custom_fields"
CREATE UNIQUE INDEX "customfield_tenant_id_id" ON "custom_fields" ("tenant_id", "id");
-- modify "households" table
ALTER TABLE "households" ADD COLUMN "custom_fields" jsonb NOT NULL DEFAULT '{}';
-- create "deals" table
CREATE TABLE "deals" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "custom_fields" jsonb NOT NULL DEFAULT '{}', "title" character varying NOT NULL COLLATE "C", "stage" character varying NOT NULL DEFAULT '' COLLATE "C", "status" character varying NOT NULL DEFAULT 'OPEN' COLLATE "C", "value" bigint NOT NULL DEFAULT 0, "currency" character varying NOT NULL DEFAULT 'USD' COLLATE "C", "lost_reason" character varying NOT NULL DEFAULT '' COLLATE "C", "household_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "deals_households_deals" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "deals_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "deal_tenant_id_household_id_id" to table: "deals"
CREATE INDEX "deal_tenant_id_household_id_id" ON "deals" ("tenant_id", "household_id", "id");
-- create index "deal_tenant_id_id" to table: "deals"
CREATE UNIQUE INDEX "deal_tenant_id_id" ON "deals" ("tenant_id", "id");
-- create index "deal_tenant_id_stage_id" to table: "deals"
CREATE INDEX "deal_tenant_id_stage_id" ON "deals" ("tenant_id", "stage", "id");
-- create index "deal_tenant_id_status_id" to table: "deals"
CREATE INDEX "deal_tenant_id_status_id" ON "deals" ("tenant_id", "status", "id");
-- create index "deal_tenant_id_title_id" to table: "deals"
CREATE INDEX "deal_tenant_id_title_id" ON "deals" ("tenant_id", "title", "id");
-- modify "integrations" table
ALTER TABLE "integrations" ADD COLUMN "options" jsonb NULL, ADD COLUMN "inbound_secret" bytea NULL, ADD COLUMN "inbound_token" character varying NULL COLLATE "C", ADD COLUMN "checked_at" timestamptz NULL;
-- create index "integration_inbound_token" to table: "integrations"
CREATE INDEX "integration_inbound_token" ON "integrations" ("inbound_token");
-- modify "webhook_endpoints" table
ALTER TABLE "webhook_endpoints" ADD COLUMN "payload" character varying NOT NULL DEFAULT 'FAT' COLLATE "C", ADD COLUMN "query" character varying NOT NULL DEFAULT '' COLLATE "C", ADD COLUMN "changed_fields" jsonb NOT NULL DEFAULT '[]', ADD COLUMN "ordered" boolean NOT NULL DEFAULT false, ADD COLUMN "rate_per_second" bigint NOT NULL DEFAULT 0, ADD COLUMN "in_flight" bigint NOT NULL DEFAULT 10, ADD COLUMN "signature" character varying NOT NULL DEFAULT 'HMAC' COLLATE "C", ADD COLUMN "auth" character varying NOT NULL DEFAULT 'NONE' COLLATE "C", ADD COLUMN "auth_credential" bytea NULL, ADD COLUMN "secondary_secret" bytea NULL, ADD COLUMN "secondary_expires_at" timestamptz NULL, ADD COLUMN "failing_since" timestamptz NULL, ADD COLUMN "disabled_reason" character varying NOT NULL DEFAULT '' COLLATE "C", ADD COLUMN "owner_id" uuid NULL;
-- drop index "delivery_tenant_id_event_id_integration_id" from table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_integration_id";
-- drop index "delivery_tenant_id_event_id_webhook_endpoint_id" from table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_webhook_endpoint_id";
-- modify "deliveries" table
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_integrations_deliveries", DROP CONSTRAINT "deliveries_webhook_endpoints_deliveries", ADD COLUMN "replay" bigint NOT NULL DEFAULT 0, ADD COLUMN "requested_by" character varying NOT NULL DEFAULT '' COLLATE "C", ADD CONSTRAINT "deliveries_integrations_deliveries" FOREIGN KEY ("tenant_id", "integration_id") REFERENCES "integrations" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE CASCADE, ADD CONSTRAINT "deliveries_webhook_endpoints_deliveries" FOREIGN KEY ("tenant_id", "webhook_endpoint_id") REFERENCES "webhook_endpoints" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE CASCADE;
-- create index "delivery_tenant_id_event_id_integration_id_replay" to table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_integration_id_replay" ON "deliveries" ("tenant_id", "event_id", "integration_id", "replay");
-- create index "delivery_tenant_id_event_id_webhook_endpoint_id_replay" to table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_webhook_endpoint_id_replay" ON "deliveries" ("tenant_id", "event_id", "webhook_endpoint_id", "replay");
-- modify "delivery_attempts" table
ALTER TABLE "delivery_attempts" DROP CONSTRAINT "delivery_attempts_deliveries_log", ADD CONSTRAINT "delivery_attempts_deliveries_log" FOREIGN KEY ("tenant_id", "delivery_id") REFERENCES "deliveries" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE CASCADE;
-- create "deprecated_uses" table
CREATE TABLE "deprecated_uses" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "coordinate" character varying NOT NULL COLLATE "C", "caller" character varying NOT NULL COLLATE "C", "day" date NOT NULL, "uses" bigint NOT NULL DEFAULT 0, "last_used_at" timestamptz NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "deprecated_uses_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "deprecateduse_tenant_id_coordinate_caller_day" to table: "deprecated_uses"
CREATE UNIQUE INDEX "deprecateduse_tenant_id_coordinate_caller_day" ON "deprecated_uses" ("tenant_id", "coordinate", "caller", "day");
-- create index "deprecateduse_tenant_id_id" to table: "deprecated_uses"
CREATE UNIQUE INDEX "deprecateduse_tenant_id_id" ON "deprecated_uses" ("tenant_id", "id");
-- modify "payments" table
ALTER TABLE "payments" ADD COLUMN "provider" character varying NOT NULL DEFAULT '' COLLATE "C", ADD COLUMN "provider_reference" character varying NULL COLLATE "C";
-- create index "payment_tenant_id_provider_provider_reference" to table: "payments"
CREATE UNIQUE INDEX "payment_tenant_id_provider_provider_reference" ON "payments" ("tenant_id", "provider", "provider_reference");
-- create "disputes" table
CREATE TABLE "disputes" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "amount" bigint NOT NULL, "currency" character varying NOT NULL COLLATE "C", "reason" character varying NOT NULL DEFAULT '' COLLATE "C", "status" character varying NOT NULL DEFAULT 'OPEN' COLLATE "C", "reference" character varying NOT NULL COLLATE "C", "due_by" timestamptz NULL, "payment_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "disputes_payments_disputes" FOREIGN KEY ("tenant_id", "payment_id") REFERENCES "payments" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "disputes_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "dispute_tenant_id_id" to table: "disputes"
CREATE UNIQUE INDEX "dispute_tenant_id_id" ON "disputes" ("tenant_id", "id");
-- create index "dispute_tenant_id_payment_id_id" to table: "disputes"
CREATE INDEX "dispute_tenant_id_payment_id_id" ON "disputes" ("tenant_id", "payment_id", "id");
-- create index "dispute_tenant_id_reference" to table: "disputes"
CREATE UNIQUE INDEX "dispute_tenant_id_reference" ON "disputes" ("tenant_id", "reference");
-- create index "dispute_tenant_id_status_id" to table: "disputes"
CREATE INDEX "dispute_tenant_id_status_id" ON "disputes" ("tenant_id", "status", "id");
-- create "exports" table
CREATE TABLE "exports" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "status" character varying NOT NULL DEFAULT 'PENDING' COLLATE "C", "entities" jsonb NOT NULL, "format" character varying NOT NULL DEFAULT 'JSONL' COLLATE "C", "cursor" character varying NOT NULL DEFAULT '' COLLATE "C", "rows" bigint NOT NULL DEFAULT 0, "size" bigint NOT NULL DEFAULT 0, "sha256" character varying NOT NULL DEFAULT '' COLLATE "C", "storage_key" character varying NOT NULL DEFAULT '' COLLATE "C", "error" character varying NOT NULL DEFAULT '' COLLATE "C", "requested_by" character varying NOT NULL COLLATE "C", "ready_at" timestamptz NULL, "expires_at" timestamptz NULL, PRIMARY KEY ("id"), CONSTRAINT "exports_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "export_tenant_id_id" to table: "exports"
CREATE UNIQUE INDEX "export_tenant_id_id" ON "exports" ("tenant_id", "id");
-- create "inbound_messages" table
CREATE TABLE "inbound_messages" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "remote_id" character varying NOT NULL COLLATE "C", "type" character varying NOT NULL COLLATE "C", "body" bytea NOT NULL, "status" character varying NOT NULL DEFAULT 'RECEIVED' COLLATE "C", "note" character varying NOT NULL DEFAULT '' COLLATE "C", "attempts" bigint NOT NULL DEFAULT 0, "received_at" timestamptz NOT NULL, "handled_at" timestamptz NULL, "integration_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "inbound_messages_integrations_inbound_messages" FOREIGN KEY ("tenant_id", "integration_id") REFERENCES "integrations" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "inbound_messages_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "inboundmessage_tenant_id_id" to table: "inbound_messages"
CREATE UNIQUE INDEX "inboundmessage_tenant_id_id" ON "inbound_messages" ("tenant_id", "id");
-- create index "inboundmessage_tenant_id_integration_id_id" to table: "inbound_messages"
CREATE INDEX "inboundmessage_tenant_id_integration_id_id" ON "inbound_messages" ("tenant_id", "integration_id", "id");
-- create index "inboundmessage_tenant_id_integration_id_remote_id" to table: "inbound_messages"
CREATE UNIQUE INDEX "inboundmessage_tenant_id_integration_id_remote_id" ON "inbound_messages" ("tenant_id", "integration_id", "remote_id");
-- create index "inboundmessage_tenant_id_status_id" to table: "inbound_messages"
CREATE INDEX "inboundmessage_tenant_id_status_id" ON "inbound_messages" ("tenant_id", "status", "id");
-- modify "invoices" table
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_refunded" CHECK ((amount_refunded >= 0) AND (amount_refunded <= amount_paid)), ADD COLUMN "amount_refunded" bigint NOT NULL DEFAULT 0, ADD COLUMN "attempt_failed_at" timestamptz NULL, ADD COLUMN "failure_code" character varying NOT NULL DEFAULT '' COLLATE "C";
-- create "refunds" table
CREATE TABLE "refunds" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "amount" bigint NOT NULL, "currency" character varying NOT NULL COLLATE "C", "reason" character varying NOT NULL DEFAULT '' COLLATE "C", "reference" character varying NULL COLLATE "C", "refunded_at" timestamptz NOT NULL, "household_id" uuid NOT NULL, "invoice_id" uuid NOT NULL, "payment_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "refunds_households_refunds" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "refunds_invoices_refunds" FOREIGN KEY ("tenant_id", "invoice_id") REFERENCES "invoices" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "refunds_payments_refunds" FOREIGN KEY ("tenant_id", "payment_id") REFERENCES "payments" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "refunds_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "refund_tenant_id_household_id_id" to table: "refunds"
CREATE INDEX "refund_tenant_id_household_id_id" ON "refunds" ("tenant_id", "household_id", "id");
-- create index "refund_tenant_id_id" to table: "refunds"
CREATE UNIQUE INDEX "refund_tenant_id_id" ON "refunds" ("tenant_id", "id");
-- create index "refund_tenant_id_invoice_id_id" to table: "refunds"
CREATE INDEX "refund_tenant_id_invoice_id_id" ON "refunds" ("tenant_id", "invoice_id", "id");
-- create index "refund_tenant_id_payment_id_id" to table: "refunds"
CREATE INDEX "refund_tenant_id_payment_id_id" ON "refunds" ("tenant_id", "payment_id", "id");
-- create index "refund_tenant_id_reference" to table: "refunds"
CREATE UNIQUE INDEX "refund_tenant_id_reference" ON "refunds" ("tenant_id", "reference");
-- create "suppressions" table
CREATE TABLE "suppressions" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "channel" character varying NOT NULL COLLATE "C", "address" character varying NOT NULL COLLATE "C", "reason" character varying NOT NULL COLLATE "C", "provider" character varying NOT NULL COLLATE "C", "occurred_at" timestamptz NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "suppressions_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "suppression_tenant_id_address_id" to table: "suppressions"
CREATE INDEX "suppression_tenant_id_address_id" ON "suppressions" ("tenant_id", "address", "id");
-- create index "suppression_tenant_id_channel_address" to table: "suppressions"
CREATE UNIQUE INDEX "suppression_tenant_id_channel_address" ON "suppressions" ("tenant_id", "channel", "address");
-- create index "suppression_tenant_id_id" to table: "suppressions"
CREATE UNIQUE INDEX "suppression_tenant_id_id" ON "suppressions" ("tenant_id", "id");
-- modify "guardians" table
ALTER TABLE "guardians" ADD COLUMN "custom_fields" jsonb NOT NULL DEFAULT '{}';
-- create "tickets" table
CREATE TABLE "tickets" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "custom_fields" jsonb NOT NULL DEFAULT '{}', "subject" character varying NOT NULL COLLATE "C", "status" character varying NOT NULL DEFAULT 'OPEN' COLLATE "C", "guardian_id" uuid NULL, "household_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "tickets_guardians_tickets" FOREIGN KEY ("tenant_id", "guardian_id") REFERENCES "guardians" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "tickets_households_tickets" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "tickets_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "ticket_tenant_id_guardian_id_id" to table: "tickets"
CREATE INDEX "ticket_tenant_id_guardian_id_id" ON "tickets" ("tenant_id", "guardian_id", "id");
-- create index "ticket_tenant_id_household_id_id" to table: "tickets"
CREATE INDEX "ticket_tenant_id_household_id_id" ON "tickets" ("tenant_id", "household_id", "id");
-- create index "ticket_tenant_id_id" to table: "tickets"
CREATE UNIQUE INDEX "ticket_tenant_id_id" ON "tickets" ("tenant_id", "id");
-- create index "ticket_tenant_id_status_id" to table: "tickets"
CREATE INDEX "ticket_tenant_id_status_id" ON "tickets" ("tenant_id", "status", "id");
-- create "ticket_replies" table
CREATE TABLE "ticket_replies" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "author" character varying NOT NULL COLLATE "C", "text" character varying NOT NULL COLLATE "C", "reference" character varying NULL COLLATE "C", "ticket_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "ticket_replies_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "ticket_replies_tickets_replies" FOREIGN KEY ("tenant_id", "ticket_id") REFERENCES "tickets" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "ticketreply_tenant_id_id" to table: "ticket_replies"
CREATE UNIQUE INDEX "ticketreply_tenant_id_id" ON "ticket_replies" ("tenant_id", "id");
-- create index "ticketreply_tenant_id_reference" to table: "ticket_replies"
CREATE UNIQUE INDEX "ticketreply_tenant_id_reference" ON "ticket_replies" ("tenant_id", "reference");
-- create index "ticketreply_tenant_id_ticket_id_id" to table: "ticket_replies"
CREATE INDEX "ticketreply_tenant_id_ticket_id_id" ON "ticket_replies" ("tenant_id", "ticket_id", "id");
-- create "tuition_subscriptions" table
CREATE TABLE "tuition_subscriptions" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "status" character varying NOT NULL DEFAULT 'ACTIVE' COLLATE "C", "provider" character varying NOT NULL COLLATE "C", "reference" character varying NOT NULL COLLATE "C", "canceled_at" timestamptz NULL, "household_id" uuid NOT NULL, "tuition_plan_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "tuition_subscriptions_households_tuition_subscriptions" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "tuition_subscriptions_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "tuition_subscriptions_tuition_plans_tuition_subscriptions" FOREIGN KEY ("tenant_id", "tuition_plan_id") REFERENCES "tuition_plans" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "tuitionsubscription_tenant_id_household_id_id" to table: "tuition_subscriptions"
CREATE INDEX "tuitionsubscription_tenant_id_household_id_id" ON "tuition_subscriptions" ("tenant_id", "household_id", "id");
-- create index "tuitionsubscription_tenant_id_id" to table: "tuition_subscriptions"
CREATE UNIQUE INDEX "tuitionsubscription_tenant_id_id" ON "tuition_subscriptions" ("tenant_id", "id");
-- create index "tuitionsubscription_tenant_id_provider_reference" to table: "tuition_subscriptions"
CREATE UNIQUE INDEX "tuitionsubscription_tenant_id_provider_reference" ON "tuition_subscriptions" ("tenant_id", "provider", "reference");
-- create index "tuitionsubscription_tenant_id_status_id" to table: "tuition_subscriptions"
CREATE INDEX "tuitionsubscription_tenant_id_status_id" ON "tuition_subscriptions" ("tenant_id", "status", "id");
-- create index "tuitionsubscription_tenant_id_tuition_plan_id_id" to table: "tuition_subscriptions"
CREATE INDEX "tuitionsubscription_tenant_id_tuition_plan_id_id" ON "tuition_subscriptions" ("tenant_id", "tuition_plan_id", "id");

-- +goose Down
-- reverse: create index "tuitionsubscription_tenant_id_tuition_plan_id_id" to table: "tuition_subscriptions"
DROP INDEX "tuitionsubscription_tenant_id_tuition_plan_id_id";
-- reverse: create index "tuitionsubscription_tenant_id_status_id" to table: "tuition_subscriptions"
DROP INDEX "tuitionsubscription_tenant_id_status_id";
-- reverse: create index "tuitionsubscription_tenant_id_provider_reference" to table: "tuition_subscriptions"
DROP INDEX "tuitionsubscription_tenant_id_provider_reference";
-- reverse: create index "tuitionsubscription_tenant_id_id" to table: "tuition_subscriptions"
DROP INDEX "tuitionsubscription_tenant_id_id";
-- reverse: create index "tuitionsubscription_tenant_id_household_id_id" to table: "tuition_subscriptions"
DROP INDEX "tuitionsubscription_tenant_id_household_id_id";
-- reverse: create "tuition_subscriptions" table
DROP TABLE "tuition_subscriptions";
-- reverse: create index "ticketreply_tenant_id_ticket_id_id" to table: "ticket_replies"
DROP INDEX "ticketreply_tenant_id_ticket_id_id";
-- reverse: create index "ticketreply_tenant_id_reference" to table: "ticket_replies"
DROP INDEX "ticketreply_tenant_id_reference";
-- reverse: create index "ticketreply_tenant_id_id" to table: "ticket_replies"
DROP INDEX "ticketreply_tenant_id_id";
-- reverse: create "ticket_replies" table
DROP TABLE "ticket_replies";
-- reverse: create index "ticket_tenant_id_status_id" to table: "tickets"
DROP INDEX "ticket_tenant_id_status_id";
-- reverse: create index "ticket_tenant_id_id" to table: "tickets"
DROP INDEX "ticket_tenant_id_id";
-- reverse: create index "ticket_tenant_id_household_id_id" to table: "tickets"
DROP INDEX "ticket_tenant_id_household_id_id";
-- reverse: create index "ticket_tenant_id_guardian_id_id" to table: "tickets"
DROP INDEX "ticket_tenant_id_guardian_id_id";
-- reverse: create "tickets" table
DROP TABLE "tickets";
-- reverse: modify "guardians" table
ALTER TABLE "guardians" DROP COLUMN "custom_fields";
-- reverse: create index "suppression_tenant_id_id" to table: "suppressions"
DROP INDEX "suppression_tenant_id_id";
-- reverse: create index "suppression_tenant_id_channel_address" to table: "suppressions"
DROP INDEX "suppression_tenant_id_channel_address";
-- reverse: create index "suppression_tenant_id_address_id" to table: "suppressions"
DROP INDEX "suppression_tenant_id_address_id";
-- reverse: create "suppressions" table
DROP TABLE "suppressions";
-- reverse: create index "refund_tenant_id_reference" to table: "refunds"
DROP INDEX "refund_tenant_id_reference";
-- reverse: create index "refund_tenant_id_payment_id_id" to table: "refunds"
DROP INDEX "refund_tenant_id_payment_id_id";
-- reverse: create index "refund_tenant_id_invoice_id_id" to table: "refunds"
DROP INDEX "refund_tenant_id_invoice_id_id";
-- reverse: create index "refund_tenant_id_id" to table: "refunds"
DROP INDEX "refund_tenant_id_id";
-- reverse: create index "refund_tenant_id_household_id_id" to table: "refunds"
DROP INDEX "refund_tenant_id_household_id_id";
-- reverse: create "refunds" table
DROP TABLE "refunds";
-- reverse: modify "invoices" table
ALTER TABLE "invoices" DROP COLUMN "failure_code", DROP COLUMN "attempt_failed_at", DROP COLUMN "amount_refunded", DROP CONSTRAINT "invoices_refunded";
-- reverse: create index "inboundmessage_tenant_id_status_id" to table: "inbound_messages"
DROP INDEX "inboundmessage_tenant_id_status_id";
-- reverse: create index "inboundmessage_tenant_id_integration_id_remote_id" to table: "inbound_messages"
DROP INDEX "inboundmessage_tenant_id_integration_id_remote_id";
-- reverse: create index "inboundmessage_tenant_id_integration_id_id" to table: "inbound_messages"
DROP INDEX "inboundmessage_tenant_id_integration_id_id";
-- reverse: create index "inboundmessage_tenant_id_id" to table: "inbound_messages"
DROP INDEX "inboundmessage_tenant_id_id";
-- reverse: create "inbound_messages" table
DROP TABLE "inbound_messages";
-- reverse: create index "export_tenant_id_id" to table: "exports"
DROP INDEX "export_tenant_id_id";
-- reverse: create "exports" table
DROP TABLE "exports";
-- reverse: create index "dispute_tenant_id_status_id" to table: "disputes"
DROP INDEX "dispute_tenant_id_status_id";
-- reverse: create index "dispute_tenant_id_reference" to table: "disputes"
DROP INDEX "dispute_tenant_id_reference";
-- reverse: create index "dispute_tenant_id_payment_id_id" to table: "disputes"
DROP INDEX "dispute_tenant_id_payment_id_id";
-- reverse: create index "dispute_tenant_id_id" to table: "disputes"
DROP INDEX "dispute_tenant_id_id";
-- reverse: create "disputes" table
DROP TABLE "disputes";
-- reverse: create index "payment_tenant_id_provider_provider_reference" to table: "payments"
DROP INDEX "payment_tenant_id_provider_provider_reference";
-- reverse: modify "payments" table
ALTER TABLE "payments" DROP COLUMN "provider_reference", DROP COLUMN "provider";
-- reverse: create index "deprecateduse_tenant_id_id" to table: "deprecated_uses"
DROP INDEX "deprecateduse_tenant_id_id";
-- reverse: create index "deprecateduse_tenant_id_coordinate_caller_day" to table: "deprecated_uses"
DROP INDEX "deprecateduse_tenant_id_coordinate_caller_day";
-- reverse: create "deprecated_uses" table
DROP TABLE "deprecated_uses";
-- reverse: modify "delivery_attempts" table
ALTER TABLE "delivery_attempts" DROP CONSTRAINT "delivery_attempts_deliveries_log", ADD CONSTRAINT "delivery_attempts_deliveries_log" FOREIGN KEY ("tenant_id", "delivery_id") REFERENCES "deliveries" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;
-- reverse: create index "delivery_tenant_id_event_id_webhook_endpoint_id_replay" to table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_webhook_endpoint_id_replay";
-- reverse: create index "delivery_tenant_id_event_id_integration_id_replay" to table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_integration_id_replay";
-- reverse: modify "deliveries" table
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_webhook_endpoints_deliveries", DROP CONSTRAINT "deliveries_integrations_deliveries", DROP COLUMN "requested_by", DROP COLUMN "replay", ADD CONSTRAINT "deliveries_webhook_endpoints_deliveries" FOREIGN KEY ("tenant_id", "webhook_endpoint_id") REFERENCES "webhook_endpoints" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, ADD CONSTRAINT "deliveries_integrations_deliveries" FOREIGN KEY ("tenant_id", "integration_id") REFERENCES "integrations" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;
-- reverse: drop index "delivery_tenant_id_event_id_webhook_endpoint_id" from table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_webhook_endpoint_id" ON "deliveries" ("tenant_id", "event_id", "webhook_endpoint_id");
-- reverse: drop index "delivery_tenant_id_event_id_integration_id" from table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_integration_id" ON "deliveries" ("tenant_id", "event_id", "integration_id");
-- reverse: modify "webhook_endpoints" table
ALTER TABLE "webhook_endpoints" DROP COLUMN "owner_id", DROP COLUMN "disabled_reason", DROP COLUMN "failing_since", DROP COLUMN "secondary_expires_at", DROP COLUMN "secondary_secret", DROP COLUMN "auth_credential", DROP COLUMN "auth", DROP COLUMN "signature", DROP COLUMN "in_flight", DROP COLUMN "rate_per_second", DROP COLUMN "ordered", DROP COLUMN "changed_fields", DROP COLUMN "query", DROP COLUMN "payload";
-- reverse: create index "integration_inbound_token" to table: "integrations"
DROP INDEX "integration_inbound_token";
-- reverse: modify "integrations" table
ALTER TABLE "integrations" DROP COLUMN "checked_at", DROP COLUMN "inbound_token", DROP COLUMN "inbound_secret", DROP COLUMN "options";
-- reverse: create index "deal_tenant_id_title_id" to table: "deals"
DROP INDEX "deal_tenant_id_title_id";
-- reverse: create index "deal_tenant_id_status_id" to table: "deals"
DROP INDEX "deal_tenant_id_status_id";
-- reverse: create index "deal_tenant_id_stage_id" to table: "deals"
DROP INDEX "deal_tenant_id_stage_id";
-- reverse: create index "deal_tenant_id_id" to table: "deals"
DROP INDEX "deal_tenant_id_id";
-- reverse: create index "deal_tenant_id_household_id_id" to table: "deals"
DROP INDEX "deal_tenant_id_household_id_id";
-- reverse: create "deals" table
DROP TABLE "deals";
-- reverse: modify "households" table
ALTER TABLE "households" DROP COLUMN "custom_fields";
-- reverse: create index "customfield_tenant_id_id" to table: "custom_fields"
DROP INDEX "customfield_tenant_id_id";
-- reverse: create index "customfield_tenant_id_entity_key" to table: "custom_fields"
DROP INDEX "customfield_tenant_id_entity_key";
-- reverse: create "custom_fields" table
DROP TABLE "custom_fields";
-- reverse: modify "staff" table
ALTER TABLE "staff" DROP COLUMN "custom_fields";
-- reverse: modify "enrollments" table
ALTER TABLE "enrollments" DROP COLUMN "custom_fields";
-- reverse: modify "students" table
ALTER TABLE "students" DROP COLUMN "custom_fields";
-- reverse: modify "classes" table
ALTER TABLE "classes" DROP COLUMN "custom_fields";
