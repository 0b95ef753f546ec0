-- +goose Up
-- create "organizations" table
CREATE TABLE "organizations" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "name" character varying NOT NULL COLLATE "C", "slug" character varying NOT NULL COLLATE "C", PRIMARY KEY ("id"));
-- create index "organizations_slug_key" to table: "organizations"
CREATE UNIQUE INDEX "organizations_slug_key" ON "organizations" ("slug");
-- create "tenants" table
CREATE TABLE "tenants" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "name" character varying NOT NULL COLLATE "C", "slug" character varying NOT NULL COLLATE "C", "plan" character varying NOT NULL DEFAULT 'studio' COLLATE "C", "status" character varying NOT NULL DEFAULT 'ACTIVE' COLLATE "C", "time_zone" character varying NOT NULL DEFAULT 'America/New_York' COLLATE "C", "currency" character varying NOT NULL DEFAULT 'USD' COLLATE "C", "primary_color" character varying NOT NULL DEFAULT '#1f3a5f' COLLATE "C", "accent_color" character varying NOT NULL DEFAULT '#e0a458' COLLATE "C", "logo_url" character varying NULL COLLATE "C", "custom_domains" jsonb NOT NULL, "organization_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "tenants_organizations_tenants" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "tenant_organization_id" to table: "tenants"
CREATE INDEX "tenant_organization_id" ON "tenants" ("organization_id");
-- create index "tenants_slug_key" to table: "tenants"
CREATE UNIQUE INDEX "tenants_slug_key" ON "tenants" ("slug");
-- create "api_keys" table
CREATE TABLE "api_keys" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "name" character varying NOT NULL COLLATE "C", "kind" character varying NOT NULL COLLATE "C", "prefix" character varying NOT NULL COLLATE "C", "last4" character varying NOT NULL COLLATE "C", "scopes" jsonb NOT NULL, "trusted_documents" jsonb NOT NULL, "token_hash" bytea NOT NULL, "expires_at" timestamptz NULL, "revoked_at" timestamptz NULL, PRIMARY KEY ("id"), CONSTRAINT "api_keys_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "apikey_tenant_id_id" to table: "api_keys"
CREATE UNIQUE INDEX "apikey_tenant_id_id" ON "api_keys" ("tenant_id", "id");
-- create index "apikey_token_hash" to table: "api_keys"
CREATE INDEX "apikey_token_hash" ON "api_keys" ("token_hash");
-- create "audit_entries" table
CREATE TABLE "audit_entries" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "category" character varying NOT NULL COLLATE "C", "action" character varying NOT NULL COLLATE "C", "actor" character varying NOT NULL COLLATE "C", "entity_type" character varying NOT NULL DEFAULT '' COLLATE "C", "entity_id" uuid NULL, "changed" jsonb NOT NULL, "request_id" character varying NOT NULL DEFAULT '' COLLATE "C", "occurred_at" timestamptz NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "audit_entries_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "auditentry_tenant_id_category_id" to table: "audit_entries"
CREATE INDEX "auditentry_tenant_id_category_id" ON "audit_entries" ("tenant_id", "category", "id");
-- create index "auditentry_tenant_id_entity_id_id" to table: "audit_entries"
CREATE INDEX "auditentry_tenant_id_entity_id_id" ON "audit_entries" ("tenant_id", "entity_id", "id");
-- create index "auditentry_tenant_id_id" to table: "audit_entries"
CREATE UNIQUE INDEX "auditentry_tenant_id_id" ON "audit_entries" ("tenant_id", "id");
-- create "households" table
CREATE TABLE "households" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "name" character varying NOT NULL COLLATE "C", "email" character varying NULL COLLATE "C", "address_line1" character varying NULL COLLATE "C", "address_line2" character varying NULL COLLATE "C", "city" character varying NULL COLLATE "C", "region" character varying NULL COLLATE "C", "postal_code" character varying NULL COLLATE "C", "country" character varying NOT NULL DEFAULT 'US' COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "households_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "household_tenant_id_id" to table: "households"
CREATE UNIQUE INDEX "household_tenant_id_id" ON "households" ("tenant_id", "id");
-- create index "household_tenant_id_name_id" to table: "households"
CREATE INDEX "household_tenant_id_name_id" ON "households" ("tenant_id", "name", "id");
-- create "users" table
CREATE TABLE "users" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "email" character varying NOT NULL COLLATE "C", "name" character varying NOT NULL COLLATE "C", "password_hash" character varying NULL COLLATE "C", PRIMARY KEY ("id"));
-- create index "users_email_key" to table: "users"
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email");
-- create "memberships" table
CREATE TABLE "memberships" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "email" character varying NOT NULL COLLATE "C", "name" character varying NOT NULL DEFAULT '' COLLATE "C", "role" character varying NOT NULL COLLATE "C", "status" character varying NOT NULL DEFAULT 'INVITED' COLLATE "C", "invite_hash" bytea NULL, "invite_expires_at" timestamptz NULL, "household_id" uuid NULL, "user_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "memberships_households_memberships" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "memberships_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "memberships_users_memberships" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "membership_invite_hash" to table: "memberships"
CREATE INDEX "membership_invite_hash" ON "memberships" ("invite_hash");
-- create index "membership_tenant_id_email" to table: "memberships"
CREATE UNIQUE INDEX "membership_tenant_id_email" ON "memberships" ("tenant_id", "email");
-- create index "membership_tenant_id_household_id" to table: "memberships"
CREATE INDEX "membership_tenant_id_household_id" ON "memberships" ("tenant_id", "household_id");
-- create index "membership_tenant_id_id" to table: "memberships"
CREATE UNIQUE INDEX "membership_tenant_id_id" ON "memberships" ("tenant_id", "id");
-- create index "membership_tenant_id_user_id" to table: "memberships"
CREATE INDEX "membership_tenant_id_user_id" ON "memberships" ("tenant_id", "user_id");
-- create index "membership_user_id" to table: "memberships"
CREATE INDEX "membership_user_id" ON "memberships" ("user_id");
-- create "auth_sessions" table
CREATE TABLE "auth_sessions" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "token_hash" bytea NOT NULL, "expires_at" timestamptz NOT NULL, "revoked_at" timestamptz NULL, "membership_id" uuid NOT NULL, "user_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "auth_sessions_memberships_sessions" FOREIGN KEY ("membership_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "auth_sessions_users_sessions" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "auth_sessions_token_hash_key" to table: "auth_sessions"
CREATE UNIQUE INDEX "auth_sessions_token_hash_key" ON "auth_sessions" ("token_hash");
-- create index "authsession_membership_id" to table: "auth_sessions"
CREATE INDEX "authsession_membership_id" ON "auth_sessions" ("membership_id");
-- create index "authsession_user_id" to table: "auth_sessions"
CREATE INDEX "authsession_user_id" ON "auth_sessions" ("user_id");
-- create "locations" table
CREATE TABLE "locations" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "name" character varying NOT NULL COLLATE "C", "time_zone" character varying NOT NULL DEFAULT 'America/New_York' COLLATE "C", "address" character varying NULL COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "locations_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "location_tenant_id_id" to table: "locations"
CREATE UNIQUE INDEX "location_tenant_id_id" ON "locations" ("tenant_id", "id");
-- create index "location_tenant_id_name_id" to table: "locations"
CREATE INDEX "location_tenant_id_name_id" ON "locations" ("tenant_id", "name", "id");
-- create "programs" table
CREATE TABLE "programs" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "name" character varying NOT NULL COLLATE "C", "description" character varying NULL COLLATE "C", "min_age" bigint NULL, "max_age" bigint NULL, "min_level" bigint NOT NULL DEFAULT 1, PRIMARY KEY ("id"), CONSTRAINT "programs_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "program_tenant_id_id" to table: "programs"
CREATE UNIQUE INDEX "program_tenant_id_id" ON "programs" ("tenant_id", "id");
-- create index "program_tenant_id_name_id" to table: "programs"
CREATE INDEX "program_tenant_id_name_id" ON "programs" ("tenant_id", "name", "id");
-- create "seasons" table
CREATE TABLE "seasons" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "name" character varying NOT NULL COLLATE "C", "starts_on" date NOT NULL, "ends_on" date NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "seasons_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "season_tenant_id_id" to table: "seasons"
CREATE UNIQUE INDEX "season_tenant_id_id" ON "seasons" ("tenant_id", "id");
-- create index "season_tenant_id_starts_on_id" to table: "seasons"
CREATE INDEX "season_tenant_id_starts_on_id" ON "seasons" ("tenant_id", "starts_on", "id");
-- create "staff" table
CREATE TABLE "staff" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "display_name" character varying NOT NULL COLLATE "C", "title" character varying NULL COLLATE "C", "email" character varying NULL COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "staff_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "staff_tenant_id_display_name_id" to table: "staff"
CREATE INDEX "staff_tenant_id_display_name_id" ON "staff" ("tenant_id", "display_name", "id");
-- create index "staff_tenant_id_id" to table: "staff"
CREATE UNIQUE INDEX "staff_tenant_id_id" ON "staff" ("tenant_id", "id");
-- create "tuition_plans" table
CREATE TABLE "tuition_plans" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "name" character varying NOT NULL COLLATE "C", "amount" bigint NOT NULL, "currency" character varying NOT NULL DEFAULT 'USD' COLLATE "C", "interval" character varying NOT NULL DEFAULT 'MONTH' COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "tuition_plans_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "tuitionplan_tenant_id_id" to table: "tuition_plans"
CREATE UNIQUE INDEX "tuitionplan_tenant_id_id" ON "tuition_plans" ("tenant_id", "id");
-- create index "tuitionplan_tenant_id_name_id" to table: "tuition_plans"
CREATE INDEX "tuitionplan_tenant_id_name_id" ON "tuition_plans" ("tenant_id", "name", "id");
-- create "classes" table
CREATE TABLE "classes" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "name" character varying NOT NULL COLLATE "C", "status" character varying NOT NULL DEFAULT 'OPEN' COLLATE "C", "weekday" character varying NOT NULL COLLATE "C", "starts_at" character varying NOT NULL COLLATE "C", "duration_minutes" bigint NOT NULL, "capacity" bigint NOT NULL, "open_seats" bigint NOT NULL, "location_id" uuid NOT NULL, "program_id" uuid NOT NULL, "season_id" uuid NOT NULL, "teacher_id" uuid NULL, "tuition_plan_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "classes_locations_classes" FOREIGN KEY ("tenant_id", "location_id") REFERENCES "locations" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "classes_programs_classes" FOREIGN KEY ("tenant_id", "program_id") REFERENCES "programs" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "classes_seasons_classes" FOREIGN KEY ("tenant_id", "season_id") REFERENCES "seasons" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "classes_staff_classes" FOREIGN KEY ("tenant_id", "teacher_id") REFERENCES "staff" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "classes_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "classes_tuition_plans_classes" FOREIGN KEY ("tenant_id", "tuition_plan_id") REFERENCES "tuition_plans" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "classes_seats" CHECK ((open_seats >= 0) AND (open_seats <= capacity)));
-- create index "class_tenant_id_id" to table: "classes"
CREATE UNIQUE INDEX "class_tenant_id_id" ON "classes" ("tenant_id", "id");
-- create index "class_tenant_id_location_id" to table: "classes"
CREATE INDEX "class_tenant_id_location_id" ON "classes" ("tenant_id", "location_id");
-- create index "class_tenant_id_name_id" to table: "classes"
CREATE INDEX "class_tenant_id_name_id" ON "classes" ("tenant_id", "name", "id");
-- create index "class_tenant_id_open_seats" to table: "classes"
CREATE INDEX "class_tenant_id_open_seats" ON "classes" ("tenant_id", "open_seats");
-- create index "class_tenant_id_program_id_id" to table: "classes"
CREATE INDEX "class_tenant_id_program_id_id" ON "classes" ("tenant_id", "program_id", "id");
-- create index "class_tenant_id_season_id_id" to table: "classes"
CREATE INDEX "class_tenant_id_season_id_id" ON "classes" ("tenant_id", "season_id", "id");
-- create index "class_tenant_id_status_open_seats" to table: "classes"
CREATE INDEX "class_tenant_id_status_open_seats" ON "classes" ("tenant_id", "status", "open_seats");
-- create index "class_tenant_id_teacher_id" to table: "classes"
CREATE INDEX "class_tenant_id_teacher_id" ON "classes" ("tenant_id", "teacher_id");
-- create index "class_tenant_id_tuition_plan_id" to table: "classes"
CREATE INDEX "class_tenant_id_tuition_plan_id" ON "classes" ("tenant_id", "tuition_plan_id");
-- create "events" table
CREATE TABLE "events" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "sequence" bigint NULL, "type" character varying NOT NULL COLLATE "C", "entity_type" character varying NOT NULL COLLATE "C", "entity_id" uuid NOT NULL, "entity_version" bigint NOT NULL, "changed" jsonb NOT NULL, "actor" character varying NOT NULL COLLATE "C", "request_id" character varying NOT NULL DEFAULT '' COLLATE "C", "trace_parent" character varying NOT NULL DEFAULT '' COLLATE "C", "data" jsonb NULL, "occurred_at" timestamptz NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "events_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "event_tenant_id_entity_id" to table: "events"
CREATE INDEX "event_tenant_id_entity_id" ON "events" ("tenant_id", "entity_id");
-- create index "event_tenant_id_id" to table: "events"
CREATE UNIQUE INDEX "event_tenant_id_id" ON "events" ("tenant_id", "id");
-- create index "event_tenant_id_sequence" to table: "events"
CREATE UNIQUE INDEX "event_tenant_id_sequence" ON "events" ("tenant_id", "sequence");
-- create index "event_tenant_id_type_id" to table: "events"
CREATE INDEX "event_tenant_id_type_id" ON "events" ("tenant_id", "type", "id");
-- create index "events_unplaced" to table: "events"
CREATE INDEX "events_unplaced" ON "events" ("id") WHERE (sequence IS NULL);
-- create "integrations" table
CREATE TABLE "integrations" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "provider" character varying NOT NULL COLLATE "C", "mode" character varying NOT NULL DEFAULT 'TEST' COLLATE "C", "status" character varying NOT NULL DEFAULT 'ACTIVE' COLLATE "C", "base_url" character varying NOT NULL DEFAULT '' COLLATE "C", "credential" bytea NOT NULL, "last_error" character varying NOT NULL DEFAULT '' COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "integrations_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "integration_tenant_id_id" to table: "integrations"
CREATE UNIQUE INDEX "integration_tenant_id_id" ON "integrations" ("tenant_id", "id");
-- create index "integration_tenant_id_provider" to table: "integrations"
CREATE UNIQUE INDEX "integration_tenant_id_provider" ON "integrations" ("tenant_id", "provider");
-- create "webhook_endpoints" table
CREATE TABLE "webhook_endpoints" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "url" character varying NOT NULL COLLATE "C", "description" character varying NOT NULL DEFAULT '' COLLATE "C", "event_types" jsonb NOT NULL, "status" character varying NOT NULL DEFAULT 'ENABLED' COLLATE "C", "secret" bytea NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "webhook_endpoints_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "webhookendpoint_tenant_id_id" to table: "webhook_endpoints"
CREATE UNIQUE INDEX "webhookendpoint_tenant_id_id" ON "webhook_endpoints" ("tenant_id", "id");
-- create "deliveries" table
CREATE TABLE "deliveries" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "status" character varying NOT NULL DEFAULT 'PENDING' COLLATE "C", "sequence" bigint NOT NULL, "previous_sequence" bigint NOT NULL, "attempts" bigint NOT NULL DEFAULT 0, "completed_at" timestamptz NULL, "event_id" uuid NOT NULL, "integration_id" uuid NULL, "webhook_endpoint_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "deliveries_events_deliveries" FOREIGN KEY ("tenant_id", "event_id") REFERENCES "events" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "deliveries_integrations_deliveries" FOREIGN KEY ("tenant_id", "integration_id") REFERENCES "integrations" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "deliveries_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "deliveries_webhook_endpoints_deliveries" FOREIGN KEY ("tenant_id", "webhook_endpoint_id") REFERENCES "webhook_endpoints" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "delivery_tenant_id_event_id_integration_id" to table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_integration_id" ON "deliveries" ("tenant_id", "event_id", "integration_id");
-- create index "delivery_tenant_id_event_id_webhook_endpoint_id" to table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_event_id_webhook_endpoint_id" ON "deliveries" ("tenant_id", "event_id", "webhook_endpoint_id");
-- create index "delivery_tenant_id_id" to table: "deliveries"
CREATE UNIQUE INDEX "delivery_tenant_id_id" ON "deliveries" ("tenant_id", "id");
-- create index "delivery_tenant_id_integration_id_sequence" to table: "deliveries"
CREATE INDEX "delivery_tenant_id_integration_id_sequence" ON "deliveries" ("tenant_id", "integration_id", "sequence");
-- create index "delivery_tenant_id_status_id" to table: "deliveries"
CREATE INDEX "delivery_tenant_id_status_id" ON "deliveries" ("tenant_id", "status", "id");
-- create index "delivery_tenant_id_webhook_endpoint_id_sequence" to table: "deliveries"
CREATE INDEX "delivery_tenant_id_webhook_endpoint_id_sequence" ON "deliveries" ("tenant_id", "webhook_endpoint_id", "sequence");
-- create "delivery_attempts" table
CREATE TABLE "delivery_attempts" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "number" bigint NOT NULL, "status_code" bigint NULL, "latency_ms" bigint NOT NULL, "excerpt" character varying NOT NULL DEFAULT '' COLLATE "C", "error" character varying NOT NULL DEFAULT '' COLLATE "C", "attempted_at" timestamptz NOT NULL, "delivery_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "delivery_attempts_deliveries_log" FOREIGN KEY ("tenant_id", "delivery_id") REFERENCES "deliveries" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "delivery_attempts_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "deliveryattempt_tenant_id_delivery_id_id" to table: "delivery_attempts"
CREATE INDEX "deliveryattempt_tenant_id_delivery_id_id" ON "delivery_attempts" ("tenant_id", "delivery_id", "id");
-- create index "deliveryattempt_tenant_id_id" to table: "delivery_attempts"
CREATE UNIQUE INDEX "deliveryattempt_tenant_id_id" ON "delivery_attempts" ("tenant_id", "id");
-- create "students" table
CREATE TABLE "students" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "first_name" character varying NOT NULL COLLATE "C", "last_name" character varying NOT NULL COLLATE "C", "birth_date" date NOT NULL, "level" bigint NOT NULL DEFAULT 1, "medical_note" character varying NULL COLLATE "C", "household_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "students_households_students" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "students_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "student_tenant_id_birth_date_id" to table: "students"
CREATE INDEX "student_tenant_id_birth_date_id" ON "students" ("tenant_id", "birth_date", "id");
-- create index "student_tenant_id_household_id_id" to table: "students"
CREATE INDEX "student_tenant_id_household_id_id" ON "students" ("tenant_id", "household_id", "id");
-- create index "student_tenant_id_id" to table: "students"
CREATE UNIQUE INDEX "student_tenant_id_id" ON "students" ("tenant_id", "id");
-- create index "student_tenant_id_last_name_id" to table: "students"
CREATE INDEX "student_tenant_id_last_name_id" ON "students" ("tenant_id", "last_name", "id");
-- create "enrollments" table
CREATE TABLE "enrollments" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "status" character varying NOT NULL DEFAULT 'ACTIVE' COLLATE "C", "enrolled_at" timestamptz NOT NULL, "dropped_at" timestamptz NULL, "class_id" uuid NOT NULL, "household_id" uuid NOT NULL, "student_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "enrollments_classes_enrollments" FOREIGN KEY ("tenant_id", "class_id") REFERENCES "classes" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "enrollments_households_enrollments" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "enrollments_students_enrollments" FOREIGN KEY ("tenant_id", "student_id") REFERENCES "students" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "enrollments_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "enrollment_tenant_id_class_id_id" to table: "enrollments"
CREATE INDEX "enrollment_tenant_id_class_id_id" ON "enrollments" ("tenant_id", "class_id", "id");
-- create index "enrollment_tenant_id_enrolled_at_id" to table: "enrollments"
CREATE INDEX "enrollment_tenant_id_enrolled_at_id" ON "enrollments" ("tenant_id", "enrolled_at", "id");
-- create index "enrollment_tenant_id_household_id_id" to table: "enrollments"
CREATE INDEX "enrollment_tenant_id_household_id_id" ON "enrollments" ("tenant_id", "household_id", "id");
-- create index "enrollment_tenant_id_id" to table: "enrollments"
CREATE UNIQUE INDEX "enrollment_tenant_id_id" ON "enrollments" ("tenant_id", "id");
-- create index "enrollment_tenant_id_status_id" to table: "enrollments"
CREATE INDEX "enrollment_tenant_id_status_id" ON "enrollments" ("tenant_id", "status", "id");
-- create index "enrollment_tenant_id_student_id_id" to table: "enrollments"
CREATE INDEX "enrollment_tenant_id_student_id_id" ON "enrollments" ("tenant_id", "student_id", "id");
-- create index "enrollments_one_live" to table: "enrollments"
CREATE UNIQUE INDEX "enrollments_one_live" ON "enrollments" ("tenant_id", "class_id", "student_id") WHERE ((status)::text = 'ACTIVE'::text);
-- create "entity_versions" table
CREATE TABLE "entity_versions" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "entity_type" character varying NOT NULL COLLATE "C", "entity_id" uuid NOT NULL, "number" bigint NOT NULL, "data" jsonb NULL, "actor" character varying NOT NULL COLLATE "C", "occurred_at" timestamptz NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "entity_versions_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "entityversion_tenant_id_entity_id_number" to table: "entity_versions"
CREATE UNIQUE INDEX "entityversion_tenant_id_entity_id_number" ON "entity_versions" ("tenant_id", "entity_id", "number");
-- create index "entityversion_tenant_id_id" to table: "entity_versions"
CREATE UNIQUE INDEX "entityversion_tenant_id_id" ON "entity_versions" ("tenant_id", "id");
-- create "external_references" table
CREATE TABLE "external_references" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "entity_type" character varying NOT NULL COLLATE "C", "entity_id" uuid NOT NULL, "system" character varying NOT NULL COLLATE "C", "external_id" character varying NOT NULL COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "external_references_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "externalreference_tenant_id_entity_id" to table: "external_references"
CREATE INDEX "externalreference_tenant_id_entity_id" ON "external_references" ("tenant_id", "entity_id");
-- create index "externalreference_tenant_id_entity_type_system_external_id" to table: "external_references"
CREATE UNIQUE INDEX "externalreference_tenant_id_entity_type_system_external_id" ON "external_references" ("tenant_id", "entity_type", "system", "external_id");
-- create index "externalreference_tenant_id_id" to table: "external_references"
CREATE UNIQUE INDEX "externalreference_tenant_id_id" ON "external_references" ("tenant_id", "id");
-- create "guardians" table
CREATE TABLE "guardians" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "first_name" character varying NOT NULL COLLATE "C", "last_name" character varying NOT NULL COLLATE "C", "email" character varying NULL COLLATE "C", "phone" character varying NULL COLLATE "C", "household_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "guardians_households_guardians" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "guardians_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "guardian_tenant_id_email" to table: "guardians"
CREATE INDEX "guardian_tenant_id_email" ON "guardians" ("tenant_id", "email");
-- create index "guardian_tenant_id_household_id_id" to table: "guardians"
CREATE INDEX "guardian_tenant_id_household_id_id" ON "guardians" ("tenant_id", "household_id", "id");
-- create index "guardian_tenant_id_id" to table: "guardians"
CREATE UNIQUE INDEX "guardian_tenant_id_id" ON "guardians" ("tenant_id", "id");
-- create index "guardian_tenant_id_last_name_id" to table: "guardians"
CREATE INDEX "guardian_tenant_id_last_name_id" ON "guardians" ("tenant_id", "last_name", "id");
-- create "idempotency_keys" table
CREATE TABLE "idempotency_keys" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "credential_id" uuid NOT NULL, "key" character varying NOT NULL COLLATE "C", "response_key" character varying NOT NULL COLLATE "C", "fingerprint" bytea NOT NULL, "response" bytea NULL, PRIMARY KEY ("id"), CONSTRAINT "idempotency_keys_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "idempotencykey_created_at" to table: "idempotency_keys"
CREATE INDEX "idempotencykey_created_at" ON "idempotency_keys" ("created_at");
-- create index "idempotencykey_tenant_id_credential_id_key_response_key" to table: "idempotency_keys"
CREATE UNIQUE INDEX "idempotencykey_tenant_id_credential_id_key_response_key" ON "idempotency_keys" ("tenant_id", "credential_id", "key", "response_key");
-- create index "idempotencykey_tenant_id_id" to table: "idempotency_keys"
CREATE UNIQUE INDEX "idempotencykey_tenant_id_id" ON "idempotency_keys" ("tenant_id", "id");
-- create "invoices" table
CREATE TABLE "invoices" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "number" bigint NOT NULL, "status" character varying NOT NULL DEFAULT 'OPEN' COLLATE "C", "currency" character varying NOT NULL COLLATE "C", "total" bigint NOT NULL, "amount_paid" bigint NOT NULL DEFAULT 0, "issued_at" timestamptz NOT NULL, "due_on" date NOT NULL, "household_id" uuid NOT NULL, "student_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "invoices_households_invoices" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "invoices_students_invoices" FOREIGN KEY ("tenant_id", "student_id") REFERENCES "students" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "invoices_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "invoices_paid" CHECK ((amount_paid >= 0) AND (amount_paid <= total) AND (((status)::text <> 'PAID'::text) OR (amount_paid = total))));
-- create index "invoice_tenant_id_due_on_id" to table: "invoices"
CREATE INDEX "invoice_tenant_id_due_on_id" ON "invoices" ("tenant_id", "due_on", "id");
-- create index "invoice_tenant_id_household_id_id" to table: "invoices"
CREATE INDEX "invoice_tenant_id_household_id_id" ON "invoices" ("tenant_id", "household_id", "id");
-- create index "invoice_tenant_id_id" to table: "invoices"
CREATE UNIQUE INDEX "invoice_tenant_id_id" ON "invoices" ("tenant_id", "id");
-- create index "invoice_tenant_id_number" to table: "invoices"
CREATE UNIQUE INDEX "invoice_tenant_id_number" ON "invoices" ("tenant_id", "number");
-- create index "invoice_tenant_id_number_id" to table: "invoices"
CREATE INDEX "invoice_tenant_id_number_id" ON "invoices" ("tenant_id", "number", "id");
-- create index "invoice_tenant_id_status_due_on_id" to table: "invoices"
CREATE INDEX "invoice_tenant_id_status_due_on_id" ON "invoices" ("tenant_id", "status", "due_on", "id");
-- create index "invoice_tenant_id_student_id_id" to table: "invoices"
CREATE INDEX "invoice_tenant_id_student_id_id" ON "invoices" ("tenant_id", "student_id", "id");
-- create "invoice_lines" table
CREATE TABLE "invoice_lines" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "description" character varying NOT NULL COLLATE "C", "quantity" bigint NOT NULL DEFAULT 1, "unit_amount" bigint NOT NULL, "amount" bigint NOT NULL, "enrollment_id" uuid NULL, "household_id" uuid NOT NULL, "invoice_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "invoice_lines_enrollments_invoice_lines" FOREIGN KEY ("tenant_id", "enrollment_id") REFERENCES "enrollments" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "invoice_lines_households_invoice_lines" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "invoice_lines_invoices_lines" FOREIGN KEY ("tenant_id", "invoice_id") REFERENCES "invoices" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "invoice_lines_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "invoiceline_tenant_id_enrollment_id_id" to table: "invoice_lines"
CREATE INDEX "invoiceline_tenant_id_enrollment_id_id" ON "invoice_lines" ("tenant_id", "enrollment_id", "id");
-- create index "invoiceline_tenant_id_household_id_id" to table: "invoice_lines"
CREATE INDEX "invoiceline_tenant_id_household_id_id" ON "invoice_lines" ("tenant_id", "household_id", "id");
-- create index "invoiceline_tenant_id_id" to table: "invoice_lines"
CREATE UNIQUE INDEX "invoiceline_tenant_id_id" ON "invoice_lines" ("tenant_id", "id");
-- create index "invoiceline_tenant_id_invoice_id_id" to table: "invoice_lines"
CREATE INDEX "invoiceline_tenant_id_invoice_id_id" ON "invoice_lines" ("tenant_id", "invoice_id", "id");
-- create "notes" table
CREATE TABLE "notes" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "body" character varying NOT NULL COLLATE "C", "household_id" uuid NOT NULL, "student_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "notes_households_notes" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "notes_students_notes" FOREIGN KEY ("tenant_id", "student_id") REFERENCES "students" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "notes_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "note_tenant_id_household_id_id" to table: "notes"
CREATE INDEX "note_tenant_id_household_id_id" ON "notes" ("tenant_id", "household_id", "id");
-- create index "note_tenant_id_id" to table: "notes"
CREATE UNIQUE INDEX "note_tenant_id_id" ON "notes" ("tenant_id", "id");
-- create index "note_tenant_id_student_id_id" to table: "notes"
CREATE INDEX "note_tenant_id_student_id_id" ON "notes" ("tenant_id", "student_id", "id");
-- create "payments" table
CREATE TABLE "payments" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "amount" bigint NOT NULL, "currency" character varying NOT NULL COLLATE "C", "method" character varying NOT NULL COLLATE "C", "reference" character varying NULL COLLATE "C", "received_at" timestamptz NOT NULL, "household_id" uuid NOT NULL, "invoice_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "payments_households_payments" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "payments_invoices_payments" FOREIGN KEY ("tenant_id", "invoice_id") REFERENCES "invoices" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "payments_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "payment_tenant_id_household_id_id" to table: "payments"
CREATE INDEX "payment_tenant_id_household_id_id" ON "payments" ("tenant_id", "household_id", "id");
-- create index "payment_tenant_id_id" to table: "payments"
CREATE UNIQUE INDEX "payment_tenant_id_id" ON "payments" ("tenant_id", "id");
-- create index "payment_tenant_id_invoice_id_id" to table: "payments"
CREATE INDEX "payment_tenant_id_invoice_id_id" ON "payments" ("tenant_id", "invoice_id", "id");
-- create index "payment_tenant_id_received_at_id" to table: "payments"
CREATE INDEX "payment_tenant_id_received_at_id" ON "payments" ("tenant_id", "received_at", "id");
-- create "provider_links" table
CREATE TABLE "provider_links" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "entity_type" character varying NOT NULL COLLATE "C", "entity_id" uuid NOT NULL, "remote_id" character varying NOT NULL COLLATE "C", "integration_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "provider_links_integrations_links" FOREIGN KEY ("tenant_id", "integration_id") REFERENCES "integrations" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "provider_links_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "providerlink_tenant_id_id" to table: "provider_links"
CREATE UNIQUE INDEX "providerlink_tenant_id_id" ON "provider_links" ("tenant_id", "id");
-- create index "providerlink_tenant_id_integration_id_entity_type_entity_id" to table: "provider_links"
CREATE UNIQUE INDEX "providerlink_tenant_id_integration_id_entity_type_entity_id" ON "provider_links" ("tenant_id", "integration_id", "entity_type", "entity_id");
-- create index "providerlink_tenant_id_integration_id_id" to table: "provider_links"
CREATE INDEX "providerlink_tenant_id_integration_id_id" ON "provider_links" ("tenant_id", "integration_id", "id");
-- create "tags" table
CREATE TABLE "tags" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "deleted_at" timestamptz NULL, "name" character varying NOT NULL COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "tags_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "tag_tenant_id_id" to table: "tags"
CREATE UNIQUE INDEX "tag_tenant_id_id" ON "tags" ("tenant_id", "id");
-- create index "tag_tenant_id_name" to table: "tags"
CREATE UNIQUE INDEX "tag_tenant_id_name" ON "tags" ("tenant_id", "name") WHERE (deleted_at IS NULL);
-- create index "tag_tenant_id_name_id" to table: "tags"
CREATE INDEX "tag_tenant_id_name_id" ON "tags" ("tenant_id", "name", "id");
-- create "student_tags" table
CREATE TABLE "student_tags" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "student_id" uuid NOT NULL, "tag_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "student_tags_students_taggings" FOREIGN KEY ("tenant_id", "student_id") REFERENCES "students" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "student_tags_tags_taggings" FOREIGN KEY ("tenant_id", "tag_id") REFERENCES "tags" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "student_tags_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "studenttag_tenant_id_id" to table: "student_tags"
CREATE UNIQUE INDEX "studenttag_tenant_id_id" ON "student_tags" ("tenant_id", "id");
-- create index "studenttag_tenant_id_student_id_id" to table: "student_tags"
CREATE INDEX "studenttag_tenant_id_student_id_id" ON "student_tags" ("tenant_id", "student_id", "id");
-- create index "studenttag_tenant_id_student_id_tag_id" to table: "student_tags"
CREATE UNIQUE INDEX "studenttag_tenant_id_student_id_tag_id" ON "student_tags" ("tenant_id", "student_id", "tag_id");
-- create index "studenttag_tenant_id_tag_id_id" to table: "student_tags"
CREATE INDEX "studenttag_tenant_id_tag_id_id" ON "student_tags" ("tenant_id", "tag_id", "id");
-- create "tenant_counters" table
CREATE TABLE "tenant_counters" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "kind" character varying NOT NULL COLLATE "C", "last" bigint NOT NULL DEFAULT 0, PRIMARY KEY ("id"), CONSTRAINT "tenant_counters_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "tenantcounter_tenant_id_id" to table: "tenant_counters"
CREATE UNIQUE INDEX "tenantcounter_tenant_id_id" ON "tenant_counters" ("tenant_id", "id");
-- create index "tenantcounter_tenant_id_kind" to table: "tenant_counters"
CREATE UNIQUE INDEX "tenantcounter_tenant_id_kind" ON "tenant_counters" ("tenant_id", "kind");
-- create "waitlist_entries" table
CREATE TABLE "waitlist_entries" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "status" character varying NOT NULL DEFAULT 'WAITING' COLLATE "C", "joined_at" timestamptz NOT NULL, "class_id" uuid NOT NULL, "household_id" uuid NOT NULL, "student_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "waitlist_entries_classes_waitlist_entries" FOREIGN KEY ("tenant_id", "class_id") REFERENCES "classes" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "waitlist_entries_households_waitlist_entries" FOREIGN KEY ("tenant_id", "household_id") REFERENCES "households" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "waitlist_entries_students_waitlist_entries" FOREIGN KEY ("tenant_id", "student_id") REFERENCES "students" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "waitlist_entries_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "waitlist_entries_one_live" to table: "waitlist_entries"
CREATE UNIQUE INDEX "waitlist_entries_one_live" ON "waitlist_entries" ("tenant_id", "class_id", "student_id") WHERE ((status)::text = 'WAITING'::text);
-- create index "waitlistentry_tenant_id_class_id_joined_at_id" to table: "waitlist_entries"
CREATE INDEX "waitlistentry_tenant_id_class_id_joined_at_id" ON "waitlist_entries" ("tenant_id", "class_id", "joined_at", "id");
-- create index "waitlistentry_tenant_id_household_id_id" to table: "waitlist_entries"
CREATE INDEX "waitlistentry_tenant_id_household_id_id" ON "waitlist_entries" ("tenant_id", "household_id", "id");
-- create index "waitlistentry_tenant_id_id" to table: "waitlist_entries"
CREATE UNIQUE INDEX "waitlistentry_tenant_id_id" ON "waitlist_entries" ("tenant_id", "id");
-- create index "waitlistentry_tenant_id_joined_at_id" to table: "waitlist_entries"
CREATE INDEX "waitlistentry_tenant_id_joined_at_id" ON "waitlist_entries" ("tenant_id", "joined_at", "id");
-- create index "waitlistentry_tenant_id_student_id_id" to table: "waitlist_entries"
CREATE INDEX "waitlistentry_tenant_id_student_id_id" ON "waitlist_entries" ("tenant_id", "student_id", "id");

-- +goose Down
-- reverse: create index "waitlistentry_tenant_id_student_id_id" to table: "waitlist_entries"
DROP INDEX "waitlistentry_tenant_id_student_id_id";
-- reverse: create index "waitlistentry_tenant_id_joined_at_id" to table: "waitlist_entries"
DROP INDEX "waitlistentry_tenant_id_joined_at_id";
-- reverse: create index "waitlistentry_tenant_id_id" to table: "waitlist_entries"
DROP INDEX "waitlistentry_tenant_id_id";
-- reverse: create index "waitlistentry_tenant_id_household_id_id" to table: "waitlist_entries"
DROP INDEX "waitlistentry_tenant_id_household_id_id";
-- reverse: create index "waitlistentry_tenant_id_class_id_joined_at_id" to table: "waitlist_entries"
DROP INDEX "waitlistentry_tenant_id_class_id_joined_at_id";
-- reverse: create index "waitlist_entries_one_live" to table: "waitlist_entries"
DROP INDEX "waitlist_entries_one_live";
-- reverse: create "waitlist_entries" table
DROP TABLE "waitlist_entries";
-- reverse: create index "tenantcounter_tenant_id_kind" to table: "tenant_counters"
DROP INDEX "tenantcounter_tenant_id_kind";
-- reverse: create index "tenantcounter_tenant_id_id" to table: "tenant_counters"
DROP INDEX "tenantcounter_tenant_id_id";
-- reverse: create "tenant_counters" table
DROP TABLE "tenant_counters";
-- reverse: create index "studenttag_tenant_id_tag_id_id" to table: "student_tags"
DROP INDEX "studenttag_tenant_id_tag_id_id";
-- reverse: create index "studenttag_tenant_id_student_id_tag_id" to table: "student_tags"
DROP INDEX "studenttag_tenant_id_student_id_tag_id";
-- reverse: create index "studenttag_tenant_id_student_id_id" to table: "student_tags"
DROP INDEX "studenttag_tenant_id_student_id_id";
-- reverse: create index "studenttag_tenant_id_id" to table: "student_tags"
DROP INDEX "studenttag_tenant_id_id";
-- reverse: create "student_tags" table
DROP TABLE "student_tags";
-- reverse: create index "tag_tenant_id_name_id" to table: "tags"
DROP INDEX "tag_tenant_id_name_id";
-- reverse: create index "tag_tenant_id_name" to table: "tags"
DROP INDEX "tag_tenant_id_name";
-- reverse: create index "tag_tenant_id_id" to table: "tags"
DROP INDEX "tag_tenant_id_id";
-- reverse: create "tags" table
DROP TABLE "tags";
-- reverse: create index "providerlink_tenant_id_integration_id_id" to table: "provider_links"
DROP INDEX "providerlink_tenant_id_integration_id_id";
-- reverse: create index "providerlink_tenant_id_integration_id_entity_type_entity_id" to table: "provider_links"
DROP INDEX "providerlink_tenant_id_integration_id_entity_type_entity_id";
-- reverse: create index "providerlink_tenant_id_id" to table: "provider_links"
DROP INDEX "providerlink_tenant_id_id";
-- reverse: create "provider_links" table
DROP TABLE "provider_links";
-- reverse: create index "payment_tenant_id_received_at_id" to table: "payments"
DROP INDEX "payment_tenant_id_received_at_id";
-- reverse: create index "payment_tenant_id_invoice_id_id" to table: "payments"
DROP INDEX "payment_tenant_id_invoice_id_id";
-- reverse: create index "payment_tenant_id_id" to table: "payments"
DROP INDEX "payment_tenant_id_id";
-- reverse: create index "payment_tenant_id_household_id_id" to table: "payments"
DROP INDEX "payment_tenant_id_household_id_id";
-- reverse: create "payments" table
DROP TABLE "payments";
-- reverse: create index "note_tenant_id_student_id_id" to table: "notes"
DROP INDEX "note_tenant_id_student_id_id";
-- reverse: create index "note_tenant_id_id" to table: "notes"
DROP INDEX "note_tenant_id_id";
-- reverse: create index "note_tenant_id_household_id_id" to table: "notes"
DROP INDEX "note_tenant_id_household_id_id";
-- reverse: create "notes" table
DROP TABLE "notes";
-- reverse: create index "invoiceline_tenant_id_invoice_id_id" to table: "invoice_lines"
DROP INDEX "invoiceline_tenant_id_invoice_id_id";
-- reverse: create index "invoiceline_tenant_id_id" to table: "invoice_lines"
DROP INDEX "invoiceline_tenant_id_id";
-- reverse: create index "invoiceline_tenant_id_household_id_id" to table: "invoice_lines"
DROP INDEX "invoiceline_tenant_id_household_id_id";
-- reverse: create index "invoiceline_tenant_id_enrollment_id_id" to table: "invoice_lines"
DROP INDEX "invoiceline_tenant_id_enrollment_id_id";
-- reverse: create "invoice_lines" table
DROP TABLE "invoice_lines";
-- reverse: create index "invoice_tenant_id_student_id_id" to table: "invoices"
DROP INDEX "invoice_tenant_id_student_id_id";
-- reverse: create index "invoice_tenant_id_status_due_on_id" to table: "invoices"
DROP INDEX "invoice_tenant_id_status_due_on_id";
-- reverse: create index "invoice_tenant_id_number_id" to table: "invoices"
DROP INDEX "invoice_tenant_id_number_id";
-- reverse: create index "invoice_tenant_id_number" to table: "invoices"
DROP INDEX "invoice_tenant_id_number";
-- reverse: create index "invoice_tenant_id_id" to table: "invoices"
DROP INDEX "invoice_tenant_id_id";
-- reverse: create index "invoice_tenant_id_household_id_id" to table: "invoices"
DROP INDEX "invoice_tenant_id_household_id_id";
-- reverse: create index "invoice_tenant_id_due_on_id" to table: "invoices"
DROP INDEX "invoice_tenant_id_due_on_id";
-- reverse: create "invoices" table
DROP TABLE "invoices";
-- reverse: create index "idempotencykey_tenant_id_id" to table: "idempotency_keys"
DROP INDEX "idempotencykey_tenant_id_id";
-- reverse: create index "idempotencykey_tenant_id_credential_id_key_response_key" to table: "idempotency_keys"
DROP INDEX "idempotencykey_tenant_id_credential_id_key_response_key";
-- reverse: create index "idempotencykey_created_at" to table: "idempotency_keys"
DROP INDEX "idempotencykey_created_at";
-- reverse: create "idempotency_keys" table
DROP TABLE "idempotency_keys";
-- reverse: create index "guardian_tenant_id_last_name_id" to table: "guardians"
DROP INDEX "guardian_tenant_id_last_name_id";
-- reverse: create index "guardian_tenant_id_id" to table: "guardians"
DROP INDEX "guardian_tenant_id_id";
-- reverse: create index "guardian_tenant_id_household_id_id" to table: "guardians"
DROP INDEX "guardian_tenant_id_household_id_id";
-- reverse: create index "guardian_tenant_id_email" to table: "guardians"
DROP INDEX "guardian_tenant_id_email";
-- reverse: create "guardians" table
DROP TABLE "guardians";
-- reverse: create index "externalreference_tenant_id_id" to table: "external_references"
DROP INDEX "externalreference_tenant_id_id";
-- reverse: create index "externalreference_tenant_id_entity_type_system_external_id" to table: "external_references"
DROP INDEX "externalreference_tenant_id_entity_type_system_external_id";
-- reverse: create index "externalreference_tenant_id_entity_id" to table: "external_references"
DROP INDEX "externalreference_tenant_id_entity_id";
-- reverse: create "external_references" table
DROP TABLE "external_references";
-- reverse: create index "entityversion_tenant_id_id" to table: "entity_versions"
DROP INDEX "entityversion_tenant_id_id";
-- reverse: create index "entityversion_tenant_id_entity_id_number" to table: "entity_versions"
DROP INDEX "entityversion_tenant_id_entity_id_number";
-- reverse: create "entity_versions" table
DROP TABLE "entity_versions";
-- reverse: create index "enrollments_one_live" to table: "enrollments"
DROP INDEX "enrollments_one_live";
-- reverse: create index "enrollment_tenant_id_student_id_id" to table: "enrollments"
DROP INDEX "enrollment_tenant_id_student_id_id";
-- reverse: create index "enrollment_tenant_id_status_id" to table: "enrollments"
DROP INDEX "enrollment_tenant_id_status_id";
-- reverse: create index "enrollment_tenant_id_id" to table: "enrollments"
DROP INDEX "enrollment_tenant_id_id";
-- reverse: create index "enrollment_tenant_id_household_id_id" to table: "enrollments"
DROP INDEX "enrollment_tenant_id_household_id_id";
-- reverse: create index "enrollment_tenant_id_enrolled_at_id" to table: "enrollments"
DROP INDEX "enrollment_tenant_id_enrolled_at_id";
-- reverse: create index "enrollment_tenant_id_class_id_id" to table: "enrollments"
DROP INDEX "enrollment_tenant_id_class_id_id";
-- reverse: create "enrollments" table
DROP TABLE "enrollments";
-- reverse: create index "student_tenant_id_last_name_id" to table: "students"
DROP INDEX "student_tenant_id_last_name_id";
-- reverse: create index "student_tenant_id_id" to table: "students"
DROP INDEX "student_tenant_id_id";
-- reverse: create index "student_tenant_id_household_id_id" to table: "students"
DROP INDEX "student_tenant_id_household_id_id";
-- reverse: create index "student_tenant_id_birth_date_id" to table: "students"
DROP INDEX "student_tenant_id_birth_date_id";
-- reverse: create "students" table
DROP TABLE "students";
-- reverse: create index "deliveryattempt_tenant_id_id" to table: "delivery_attempts"
DROP INDEX "deliveryattempt_tenant_id_id";
-- reverse: create index "deliveryattempt_tenant_id_delivery_id_id" to table: "delivery_attempts"
DROP INDEX "deliveryattempt_tenant_id_delivery_id_id";
-- reverse: create "delivery_attempts" table
DROP TABLE "delivery_attempts";
-- reverse: create index "delivery_tenant_id_webhook_endpoint_id_sequence" to table: "deliveries"
DROP INDEX "delivery_tenant_id_webhook_endpoint_id_sequence";
-- reverse: create index "delivery_tenant_id_status_id" to table: "deliveries"
DROP INDEX "delivery_tenant_id_status_id";
-- reverse: create index "delivery_tenant_id_integration_id_sequence" to table: "deliveries"
DROP INDEX "delivery_tenant_id_integration_id_sequence";
-- reverse: create index "delivery_tenant_id_id" to table: "deliveries"
DROP INDEX "delivery_tenant_id_id";
-- reverse: create index "delivery_tenant_id_event_id_webhook_endpoint_id" to table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_webhook_endpoint_id";
-- reverse: create index "delivery_tenant_id_event_id_integration_id" to table: "deliveries"
DROP INDEX "delivery_tenant_id_event_id_integration_id";
-- reverse: create "deliveries" table
DROP TABLE "deliveries";
-- reverse: create index "webhookendpoint_tenant_id_id" to table: "webhook_endpoints"
DROP INDEX "webhookendpoint_tenant_id_id";
-- reverse: create "webhook_endpoints" table
DROP TABLE "webhook_endpoints";
-- reverse: create index "integration_tenant_id_provider" to table: "integrations"
DROP INDEX "integration_tenant_id_provider";
-- reverse: create index "integration_tenant_id_id" to table: "integrations"
DROP INDEX "integration_tenant_id_id";
-- reverse: create "integrations" table
DROP TABLE "integrations";
-- reverse: create index "events_unplaced" to table: "events"
DROP INDEX "events_unplaced";
-- reverse: create index "event_tenant_id_type_id" to table: "events"
DROP INDEX "event_tenant_id_type_id";
-- reverse: create index "event_tenant_id_sequence" to table: "events"
DROP INDEX "event_tenant_id_sequence";
-- reverse: create index "event_tenant_id_id" to table: "events"
DROP INDEX "event_tenant_id_id";
-- reverse: create index "event_tenant_id_entity_id" to table: "events"
DROP INDEX "event_tenant_id_entity_id";
-- reverse: create "events" table
DROP TABLE "events";
-- reverse: create index "class_tenant_id_tuition_plan_id" to table: "classes"
DROP INDEX "class_tenant_id_tuition_plan_id";
-- reverse: create index "class_tenant_id_teacher_id" to table: "classes"
DROP INDEX "class_tenant_id_teacher_id";
-- reverse: create index "class_tenant_id_status_open_seats" to table: "classes"
DROP INDEX "class_tenant_id_status_open_seats";
-- reverse: create index "class_tenant_id_season_id_id" to table: "classes"
DROP INDEX "class_tenant_id_season_id_id";
-- reverse: create index "class_tenant_id_program_id_id" to table: "classes"
DROP INDEX "class_tenant_id_program_id_id";
-- reverse: create index "class_tenant_id_open_seats" to table: "classes"
DROP INDEX "class_tenant_id_open_seats";
-- reverse: create index "class_tenant_id_name_id" to table: "classes"
DROP INDEX "class_tenant_id_name_id";
-- reverse: create index "class_tenant_id_location_id" to table: "classes"
DROP INDEX "class_tenant_id_location_id";
-- reverse: create index "class_tenant_id_id" to table: "classes"
DROP INDEX "class_tenant_id_id";
-- reverse: create "classes" table
DROP TABLE "classes";
-- reverse: create index "tuitionplan_tenant_id_name_id" to table: "tuition_plans"
DROP INDEX "tuitionplan_tenant_id_name_id";
-- reverse: create index "tuitionplan_tenant_id_id" to table: "tuition_plans"
DROP INDEX "tuitionplan_tenant_id_id";
-- reverse: create "tuition_plans" table
DROP TABLE "tuition_plans";
-- reverse: create index "staff_tenant_id_id" to table: "staff"
DROP INDEX "staff_tenant_id_id";
-- reverse: create index "staff_tenant_id_display_name_id" to table: "staff"
DROP INDEX "staff_tenant_id_display_name_id";
-- reverse: create "staff" table
DROP TABLE "staff";
-- reverse: create index "season_tenant_id_starts_on_id" to table: "seasons"
DROP INDEX "season_tenant_id_starts_on_id";
-- reverse: create index "season_tenant_id_id" to table: "seasons"
DROP INDEX "season_tenant_id_id";
-- reverse: create "seasons" table
DROP TABLE "seasons";
-- reverse: create index "program_tenant_id_name_id" to table: "programs"
DROP INDEX "program_tenant_id_name_id";
-- reverse: create index "program_tenant_id_id" to table: "programs"
DROP INDEX "program_tenant_id_id";
-- reverse: create "programs" table
DROP TABLE "programs";
-- reverse: create index "location_tenant_id_name_id" to table: "locations"
DROP INDEX "location_tenant_id_name_id";
-- reverse: create index "location_tenant_id_id" to table: "locations"
DROP INDEX "location_tenant_id_id";
-- reverse: create "locations" table
DROP TABLE "locations";
-- reverse: create index "authsession_user_id" to table: "auth_sessions"
DROP INDEX "authsession_user_id";
-- reverse: create index "authsession_membership_id" to table: "auth_sessions"
DROP INDEX "authsession_membership_id";
-- reverse: create index "auth_sessions_token_hash_key" to table: "auth_sessions"
DROP INDEX "auth_sessions_token_hash_key";
-- reverse: create "auth_sessions" table
DROP TABLE "auth_sessions";
-- reverse: create index "membership_user_id" to table: "memberships"
DROP INDEX "membership_user_id";
-- reverse: create index "membership_tenant_id_user_id" to table: "memberships"
DROP INDEX "membership_tenant_id_user_id";
-- reverse: create index "membership_tenant_id_id" to table: "memberships"
DROP INDEX "membership_tenant_id_id";
-- reverse: create index "membership_tenant_id_household_id" to table: "memberships"
DROP INDEX "membership_tenant_id_household_id";
-- reverse: create index "membership_tenant_id_email" to table: "memberships"
DROP INDEX "membership_tenant_id_email";
-- reverse: create index "membership_invite_hash" to table: "memberships"
DROP INDEX "membership_invite_hash";
-- reverse: create "memberships" table
DROP TABLE "memberships";
-- reverse: create index "users_email_key" to table: "users"
DROP INDEX "users_email_key";
-- reverse: create "users" table
DROP TABLE "users";
-- reverse: create index "household_tenant_id_name_id" to table: "households"
DROP INDEX "household_tenant_id_name_id";
-- reverse: create index "household_tenant_id_id" to table: "households"
DROP INDEX "household_tenant_id_id";
-- reverse: create "households" table
DROP TABLE "households";
-- reverse: create index "auditentry_tenant_id_id" to table: "audit_entries"
DROP INDEX "auditentry_tenant_id_id";
-- reverse: create index "auditentry_tenant_id_entity_id_id" to table: "audit_entries"
DROP INDEX "auditentry_tenant_id_entity_id_id";
-- reverse: create index "auditentry_tenant_id_category_id" to table: "audit_entries"
DROP INDEX "auditentry_tenant_id_category_id";
-- reverse: create "audit_entries" table
DROP TABLE "audit_entries";
-- reverse: create index "apikey_token_hash" to table: "api_keys"
DROP INDEX "apikey_token_hash";
-- reverse: create index "apikey_tenant_id_id" to table: "api_keys"
DROP INDEX "apikey_tenant_id_id";
-- reverse: create "api_keys" table
DROP TABLE "api_keys";
-- reverse: create index "tenants_slug_key" to table: "tenants"
DROP INDEX "tenants_slug_key";
-- reverse: create index "tenant_organization_id" to table: "tenants"
DROP INDEX "tenant_organization_id";
-- reverse: create "tenants" table
DROP TABLE "tenants";
-- reverse: create index "organizations_slug_key" to table: "organizations"
DROP INDEX "organizations_slug_key";
-- reverse: create "organizations" table
DROP TABLE "organizations";
