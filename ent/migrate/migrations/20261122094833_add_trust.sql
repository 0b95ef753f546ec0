-- +goose Up
-- create "probes" table
CREATE TABLE "probes" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "kind" character varying NOT NULL COLLATE "C", "day" character varying NOT NULL COLLATE "C", "passed" bigint NOT NULL DEFAULT 0, "failed" bigint NOT NULL DEFAULT 0, "last_at" timestamptz NOT NULL, "failure" character varying NOT NULL DEFAULT '' COLLATE "C", PRIMARY KEY ("id"));
-- create index "probe_kind_day" to table: "probes"
CREATE UNIQUE INDEX "probe_kind_day" ON "probes" ("kind", "day");
-- modify "audit_entries" table
ALTER TABLE "audit_entries" ADD COLUMN "outcome" character varying NOT NULL DEFAULT 'DONE' COLLATE "C", ADD COLUMN "address" character varying NOT NULL DEFAULT '' COLLATE "C", ADD COLUMN "staff_access_id" uuid NULL, ADD COLUMN "sequence" bigint NULL, ADD COLUMN "previous_hash" character varying NULL COLLATE "C", ADD COLUMN "hash" character varying NULL COLLATE "C";
-- create index "audit_entries_unsealed" to table: "audit_entries"
CREATE INDEX "audit_entries_unsealed" ON "audit_entries" ("id") WHERE (sequence IS NULL);
-- create index "auditentry_tenant_id_actor_id" to table: "audit_entries"
CREATE INDEX "auditentry_tenant_id_actor_id" ON "audit_entries" ("tenant_id", "actor", "id");
-- create index "auditentry_tenant_id_sequence" to table: "audit_entries"
CREATE UNIQUE INDEX "auditentry_tenant_id_sequence" ON "audit_entries" ("tenant_id", "sequence");
-- modify "auth_sessions" table
ALTER TABLE "auth_sessions" ADD COLUMN "method" character varying NOT NULL DEFAULT 'PASSWORD' COLLATE "C", ADD COLUMN "proven_at" timestamptz NULL, ADD COLUMN "second_factor_at" timestamptz NULL, ADD COLUMN "last_seen_at" timestamptz NULL, ADD COLUMN "address" character varying NOT NULL DEFAULT '' COLLATE "C", ADD COLUMN "device" character varying NOT NULL DEFAULT '' COLLATE "C";
-- modify "deliveries" table
ALTER TABLE "deliveries" ADD COLUMN "body" bytea NULL;
-- modify "exports" table
ALTER TABLE "exports" ADD COLUMN "kind" character varying NOT NULL DEFAULT 'RECORDS' COLLATE "C", ADD COLUMN "subject_type" character varying NOT NULL DEFAULT '' COLLATE "C", ADD COLUMN "subject_id" uuid NULL;
-- create index "export_tenant_id_kind_id" to table: "exports"
CREATE INDEX "export_tenant_id_kind_id" ON "exports" ("tenant_id", "kind", "id");
-- create index "export_tenant_id_subject_id" to table: "exports"
CREATE INDEX "export_tenant_id_subject_id" ON "exports" ("tenant_id", "subject_id");
-- modify "integrations" table
ALTER TABLE "integrations" ADD COLUMN "bills" boolean NOT NULL DEFAULT false;
-- create index "integration_tenant_id_bills" to table: "integrations"
CREATE UNIQUE INDEX "integration_tenant_id_bills" ON "integrations" ("tenant_id", "bills") WHERE bills;
-- modify "invoices" table
ALTER TABLE "invoices" ADD COLUMN "biller" character varying NOT NULL DEFAULT '' COLLATE "C";
-- create "tenant_tombstones" table
CREATE TABLE "tenant_tombstones" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant" uuid NOT NULL, "closed_at" timestamptz NOT NULL, "purged_at" timestamptz NOT NULL, "removed" jsonb NOT NULL, "digest" character varying NOT NULL COLLATE "C", "audit_hash" character varying NOT NULL DEFAULT '' COLLATE "C", PRIMARY KEY ("id"));
-- create index "tenant_tombstones_tenant_key" to table: "tenant_tombstones"
CREATE UNIQUE INDEX "tenant_tombstones_tenant_key" ON "tenant_tombstones" ("tenant");
-- modify "refunds" table
ALTER TABLE "refunds" ADD COLUMN "status" character varying NOT NULL DEFAULT 'SUCCEEDED' COLLATE "C", ADD COLUMN "provider" character varying NOT NULL DEFAULT '' COLLATE "C", ADD COLUMN "failure_code" character varying NOT NULL DEFAULT '' COLLATE "C";
-- create index "refund_tenant_id_status_id" to table: "refunds"
CREATE INDEX "refund_tenant_id_status_id" ON "refunds" ("tenant_id", "status", "id");
-- create index "providerlink_tenant_id_integration_id_remote_id" to table: "provider_links"
CREATE INDEX "providerlink_tenant_id_integration_id_remote_id" ON "provider_links" ("tenant_id", "integration_id", "remote_id");
-- modify "tenants" table
ALTER TABLE "tenants" ADD COLUMN "purge_at" timestamptz NULL, ADD COLUMN "staff_access_approval" boolean NOT NULL DEFAULT true, ADD COLUMN "access_review_days" bigint NOT NULL DEFAULT 182, ADD COLUMN "password_policy" character varying NOT NULL DEFAULT 'STANDARD' COLLATE "C", ADD COLUMN "requires_second_factor" boolean NOT NULL DEFAULT false, ADD COLUMN "session_idle_minutes" bigint NOT NULL DEFAULT 10080, ADD COLUMN "account_url" character varying NOT NULL DEFAULT '' COLLATE "C", ADD COLUMN "forbidden_locations" jsonb NOT NULL DEFAULT '[]';
-- modify "tenant_counters" table
ALTER TABLE "tenant_counters" ADD COLUMN "epoch" bigint NOT NULL DEFAULT 1;
-- create "breaches" table
CREATE TABLE "breaches" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "title" character varying NOT NULL COLLATE "C", "summary" character varying NOT NULL DEFAULT '' COLLATE "C", "status" character varying NOT NULL DEFAULT 'OPEN' COLLATE "C", "actors" jsonb NOT NULL, "began_at" timestamptz NOT NULL, "ended_at" timestamptz NULL, "detected_at" timestamptz NOT NULL, "due_at" timestamptz NOT NULL, "closed_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create "staff_accounts" table
CREATE TABLE "staff_accounts" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "email" character varying NOT NULL COLLATE "C", "name" character varying NOT NULL COLLATE "C", "token_hash" bytea NOT NULL, "revoked_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "staff_accounts_email_key" to table: "staff_accounts"
CREATE UNIQUE INDEX "staff_accounts_email_key" ON "staff_accounts" ("email");
-- create index "staff_accounts_token_hash_key" to table: "staff_accounts"
CREATE UNIQUE INDEX "staff_accounts_token_hash_key" ON "staff_accounts" ("token_hash");
-- create "oauth_apps" table
CREATE TABLE "oauth_apps" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "name" character varying NOT NULL COLLATE "C", "publisher" character varying NOT NULL COLLATE "C", "about" character varying NOT NULL DEFAULT '' COLLATE "C", "privacy_url" character varying NOT NULL COLLATE "C", "redirect_uris" jsonb NOT NULL, "scopes" jsonb NOT NULL, "secret_hash" bytea NULL, "disabled_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create "backup_runs" table
CREATE TABLE "backup_runs" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "kind" character varying NOT NULL COLLATE "C", "status" character varying NOT NULL DEFAULT 'RUNNING' COLLATE "C", "name" character varying NOT NULL DEFAULT '' COLLATE "C", "size" bigint NOT NULL DEFAULT 0, "sha256" character varying NOT NULL DEFAULT '' COLLATE "C", "error" character varying NOT NULL DEFAULT '' COLLATE "C", "started_at" timestamptz NOT NULL, "ended_at" timestamptz NULL, "locked_until" timestamptz NULL, "lost_ms" bigint NULL, "took_ms" bigint NULL, "detail" jsonb NULL, PRIMARY KEY ("id"));
-- create index "backuprun_kind_status_started_at" to table: "backup_runs"
CREATE INDEX "backuprun_kind_status_started_at" ON "backup_runs" ("kind", "status", "started_at");
-- create index "backuprun_started_at" to table: "backup_runs"
CREATE INDEX "backuprun_started_at" ON "backup_runs" ("started_at");
-- create "oauth_tokens" table
CREATE TABLE "oauth_tokens" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "token_hash" bytea NOT NULL, "kind" character varying NOT NULL COLLATE "C", "family" uuid NOT NULL, "app_id" uuid NOT NULL, "installation_id" uuid NOT NULL, "scope" character varying NOT NULL DEFAULT '' COLLATE "C", "challenge" character varying NOT NULL DEFAULT '' COLLATE "C", "redirect_uri" character varying NOT NULL DEFAULT '' COLLATE "C", "expires_at" timestamptz NOT NULL, "used_at" timestamptz NULL, "revoked_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "oauth_tokens_token_hash_key" to table: "oauth_tokens"
CREATE UNIQUE INDEX "oauth_tokens_token_hash_key" ON "oauth_tokens" ("token_hash");
-- create index "oauthtoken_family" to table: "oauth_tokens"
CREATE INDEX "oauthtoken_family" ON "oauth_tokens" ("family");
-- create index "oauthtoken_installation_id" to table: "oauth_tokens"
CREATE INDEX "oauthtoken_installation_id" ON "oauth_tokens" ("installation_id");
-- create "access_reviews" table
CREATE TABLE "access_reviews" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "status" character varying NOT NULL DEFAULT 'OPEN' COLLATE "C", "due_at" timestamptz NOT NULL, "started_by" character varying NOT NULL COLLATE "C", "closed_at" timestamptz NULL, PRIMARY KEY ("id"), CONSTRAINT "access_reviews_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "accessreview_status_due_at" to table: "access_reviews"
CREATE INDEX "accessreview_status_due_at" ON "access_reviews" ("status", "due_at");
-- create index "accessreview_tenant_id_id" to table: "access_reviews"
CREATE UNIQUE INDEX "accessreview_tenant_id_id" ON "access_reviews" ("tenant_id", "id");
-- create index "accessreview_tenant_id_status_id" to table: "access_reviews"
CREATE INDEX "accessreview_tenant_id_status_id" ON "access_reviews" ("tenant_id", "status", "id");
-- modify "api_keys" table
ALTER TABLE "api_keys" ADD COLUMN "networks_reviewed_until" timestamptz NULL, ADD COLUMN "suspended_at" timestamptz NULL, ADD COLUMN "suspended_reason" character varying NOT NULL DEFAULT '' COLLATE "C", ADD COLUMN "allowed_networks" jsonb NOT NULL DEFAULT '[]';
-- create "custom_roles" table
CREATE TABLE "custom_roles" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "name" character varying NOT NULL COLLATE "C", "base" character varying NOT NULL COLLATE "C", "permissions" jsonb NOT NULL, "masks" jsonb NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "custom_roles_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "customrole_tenant_id_id" to table: "custom_roles"
CREATE UNIQUE INDEX "customrole_tenant_id_id" ON "custom_roles" ("tenant_id", "id");
-- create index "customrole_tenant_id_name" to table: "custom_roles"
CREATE UNIQUE INDEX "customrole_tenant_id_name" ON "custom_roles" ("tenant_id", "name");
-- modify "staff" table
ALTER TABLE "staff" ADD COLUMN "email_index" bytea NULL;
-- create index "staff_tenant_id_email_index" to table: "staff"
CREATE INDEX "staff_tenant_id_email_index" ON "staff" ("tenant_id", "email_index");
-- modify "memberships" table
ALTER TABLE "memberships" ADD COLUMN "location_ids" jsonb NULL, ADD COLUMN "password_reset_requested_at" timestamptz NULL, ADD COLUMN "verification_requested_at" timestamptz NULL, ADD COLUMN "identity_provider_id" uuid NULL, ADD COLUMN "subject" character varying NULL COLLATE "C", ADD COLUMN "custom_role_id" uuid NULL, ADD COLUMN "staff_id" uuid NULL, ADD CONSTRAINT "memberships_custom_roles_memberships" FOREIGN KEY ("tenant_id", "custom_role_id") REFERENCES "custom_roles" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, ADD CONSTRAINT "memberships_staff_memberships" FOREIGN KEY ("tenant_id", "staff_id") REFERENCES "staff" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;
-- create index "membership_tenant_id_custom_role_id" to table: "memberships"
CREATE INDEX "membership_tenant_id_custom_role_id" ON "memberships" ("tenant_id", "custom_role_id");
-- create index "membership_tenant_id_identity_provider_id_subject" to table: "memberships"
CREATE UNIQUE INDEX "membership_tenant_id_identity_provider_id_subject" ON "memberships" ("tenant_id", "identity_provider_id", "subject");
-- create index "membership_tenant_id_staff_id" to table: "memberships"
CREATE INDEX "membership_tenant_id_staff_id" ON "memberships" ("tenant_id", "staff_id");
-- create "access_review_items" table
CREATE TABLE "access_review_items" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "decision" character varying NOT NULL DEFAULT 'PENDING' COLLATE "C", "decided_by" character varying NOT NULL DEFAULT '' COLLATE "C", "decided_at" timestamptz NULL, "api_key_id" uuid NULL, "access_review_id" uuid NOT NULL, "membership_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "access_review_items_access_reviews_items" FOREIGN KEY ("tenant_id", "access_review_id") REFERENCES "access_reviews" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "access_review_items_api_keys_review_items" FOREIGN KEY ("tenant_id", "api_key_id") REFERENCES "api_keys" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "access_review_items_memberships_review_items" FOREIGN KEY ("tenant_id", "membership_id") REFERENCES "memberships" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "access_review_items_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "accessreviewitem_tenant_id_access_review_id_id" to table: "access_review_items"
CREATE INDEX "accessreviewitem_tenant_id_access_review_id_id" ON "access_review_items" ("tenant_id", "access_review_id", "id");
-- create index "accessreviewitem_tenant_id_api_key_id_id" to table: "access_review_items"
CREATE INDEX "accessreviewitem_tenant_id_api_key_id_id" ON "access_review_items" ("tenant_id", "api_key_id", "id");
-- create index "accessreviewitem_tenant_id_id" to table: "access_review_items"
CREATE UNIQUE INDEX "accessreviewitem_tenant_id_id" ON "access_review_items" ("tenant_id", "id");
-- create index "accessreviewitem_tenant_id_membership_id_id" to table: "access_review_items"
CREATE INDEX "accessreviewitem_tenant_id_membership_id_id" ON "access_review_items" ("tenant_id", "membership_id", "id");
-- create "alerts" table
CREATE TABLE "alerts" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "kind" character varying NOT NULL COLLATE "C", "response" character varying NOT NULL COLLATE "C", "actor" character varying NOT NULL COLLATE "C", "measured" bigint NOT NULL, "threshold" bigint NOT NULL, "window_seconds" bigint NOT NULL, "message" character varying NOT NULL COLLATE "C", "status" character varying NOT NULL DEFAULT 'OPEN' COLLATE "C", "occurred_at" timestamptz NOT NULL, "escalated_at" timestamptz NULL, "acknowledged_at" timestamptz NULL, "acknowledged_by" character varying NOT NULL DEFAULT '' COLLATE "C", "remark" character varying NOT NULL DEFAULT '' COLLATE "C", "api_key_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "alerts_api_keys_alerts" FOREIGN KEY ("tenant_id", "api_key_id") REFERENCES "api_keys" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "alerts_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "alert_tenant_id_api_key_id_id" to table: "alerts"
CREATE INDEX "alert_tenant_id_api_key_id_id" ON "alerts" ("tenant_id", "api_key_id", "id");
-- create index "alert_tenant_id_id" to table: "alerts"
CREATE UNIQUE INDEX "alert_tenant_id_id" ON "alerts" ("tenant_id", "id");
-- create index "alert_tenant_id_kind_id" to table: "alerts"
CREATE INDEX "alert_tenant_id_kind_id" ON "alerts" ("tenant_id", "kind", "id");
-- create index "alert_tenant_id_status_id" to table: "alerts"
CREATE INDEX "alert_tenant_id_status_id" ON "alerts" ("tenant_id", "status", "id");
-- create index "alerts_open" to table: "alerts"
CREATE INDEX "alerts_open" ON "alerts" ("occurred_at") WHERE ((status)::text = 'OPEN'::text);
-- create "announcements" table
CREATE TABLE "announcements" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "slug" character varying NOT NULL COLLATE "C", "kind" character varying NOT NULL COLLATE "C", "title" character varying NOT NULL COLLATE "C", "body" character varying NOT NULL COLLATE "C", "link" character varying NULL COLLATE "C", "published_at" timestamptz NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "announcements_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "announcement_tenant_id_id" to table: "announcements"
CREATE UNIQUE INDEX "announcement_tenant_id_id" ON "announcements" ("tenant_id", "id");
-- create index "announcement_tenant_id_kind_id" to table: "announcements"
CREATE INDEX "announcement_tenant_id_kind_id" ON "announcements" ("tenant_id", "kind", "id");
-- create index "announcement_tenant_id_slug" to table: "announcements"
CREATE UNIQUE INDEX "announcement_tenant_id_slug" ON "announcements" ("tenant_id", "slug");
-- create "announcement_reads" table
CREATE TABLE "announcement_reads" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "announcement_id" uuid NOT NULL, "membership_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "announcement_reads_announcements_reads" FOREIGN KEY ("tenant_id", "announcement_id") REFERENCES "announcements" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "announcement_reads_memberships_announcement_reads" FOREIGN KEY ("tenant_id", "membership_id") REFERENCES "memberships" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "announcement_reads_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "announcementread_tenant_id_announcement_id_membership_id" to table: "announcement_reads"
CREATE UNIQUE INDEX "announcementread_tenant_id_announcement_id_membership_id" ON "announcement_reads" ("tenant_id", "announcement_id", "membership_id");
-- create index "announcementread_tenant_id_id" to table: "announcement_reads"
CREATE UNIQUE INDEX "announcementread_tenant_id_id" ON "announcement_reads" ("tenant_id", "id");
-- create index "announcementread_tenant_id_membership_id_id" to table: "announcement_reads"
CREATE INDEX "announcementread_tenant_id_membership_id_id" ON "announcement_reads" ("tenant_id", "membership_id", "id");
-- create "app_installations" table
CREATE TABLE "app_installations" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "app_id" uuid NOT NULL, "app_name" character varying NOT NULL COLLATE "C", "publisher" character varying NOT NULL COLLATE "C", "scopes" jsonb NOT NULL, "status" character varying NOT NULL DEFAULT 'ACTIVE' COLLATE "C", "installed_by" character varying NOT NULL COLLATE "C", "revoked_at" timestamptz NULL, PRIMARY KEY ("id"), CONSTRAINT "app_installations_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "appinstallation_tenant_id_app_id" to table: "app_installations"
CREATE INDEX "appinstallation_tenant_id_app_id" ON "app_installations" ("tenant_id", "app_id");
-- create index "appinstallation_tenant_id_id" to table: "app_installations"
CREATE UNIQUE INDEX "appinstallation_tenant_id_id" ON "app_installations" ("tenant_id", "id");
-- create "audit_anchors" table
CREATE TABLE "audit_anchors" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "day" date NOT NULL, "first_sequence" bigint NOT NULL, "last_sequence" bigint NOT NULL, "previous_hash" character varying NOT NULL COLLATE "C", "hash" character varying NOT NULL COLLATE "C", "key_id" character varying NOT NULL COLLATE "C", "signature" character varying NOT NULL COLLATE "C", "entries_removed_at" timestamptz NULL, PRIMARY KEY ("id"), CONSTRAINT "audit_anchors_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "auditanchor_tenant_id_day" to table: "audit_anchors"
CREATE UNIQUE INDEX "auditanchor_tenant_id_day" ON "audit_anchors" ("tenant_id", "day");
-- create index "auditanchor_tenant_id_id" to table: "audit_anchors"
CREATE UNIQUE INDEX "auditanchor_tenant_id_id" ON "audit_anchors" ("tenant_id", "id");
-- create index "auditanchor_tenant_id_last_sequence" to table: "audit_anchors"
CREATE UNIQUE INDEX "auditanchor_tenant_id_last_sequence" ON "audit_anchors" ("tenant_id", "last_sequence");
-- create "breach_notices" table
CREATE TABLE "breach_notices" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "breach_id" uuid NOT NULL, "title" character varying NOT NULL COLLATE "C", "text" character varying NOT NULL COLLATE "C", "began_at" timestamptz NOT NULL, "ended_at" timestamptz NULL, "detected_at" timestamptz NOT NULL, "due_at" timestamptz NOT NULL, "affected" jsonb NOT NULL, "log" jsonb NOT NULL, "acknowledged_at" timestamptz NULL, "acknowledged_by" character varying NOT NULL DEFAULT '' COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "breach_notices_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "breachnotice_tenant_id_breach_id" to table: "breach_notices"
CREATE UNIQUE INDEX "breachnotice_tenant_id_breach_id" ON "breach_notices" ("tenant_id", "breach_id");
-- create index "breachnotice_tenant_id_id" to table: "breach_notices"
CREATE UNIQUE INDEX "breachnotice_tenant_id_id" ON "breach_notices" ("tenant_id", "id");
-- create "data_keys" table
CREATE TABLE "data_keys" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "class" character varying NOT NULL COLLATE "C", "number" bigint NOT NULL, "status" character varying NOT NULL DEFAULT 'ACTIVE' COLLATE "C", "key_url" character varying NULL COLLATE "C", "wrapped" bytea NULL, "progress" character varying NOT NULL DEFAULT '' COLLATE "C", "rotates_at" timestamptz NULL, "destroyed_at" timestamptz NULL, PRIMARY KEY ("id"), CONSTRAINT "data_keys_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "datakey_rotates_at" to table: "data_keys"
CREATE INDEX "datakey_rotates_at" ON "data_keys" ("rotates_at");
-- create index "datakey_tenant_id_class" to table: "data_keys"
CREATE UNIQUE INDEX "datakey_tenant_id_class" ON "data_keys" ("tenant_id", "class") WHERE ((status)::text = 'ACTIVE'::text);
-- create index "datakey_tenant_id_class_number" to table: "data_keys"
CREATE UNIQUE INDEX "datakey_tenant_id_class_number" ON "data_keys" ("tenant_id", "class", "number");
-- create index "datakey_tenant_id_id" to table: "data_keys"
CREATE UNIQUE INDEX "datakey_tenant_id_id" ON "data_keys" ("tenant_id", "id");
-- create "erasures" table
CREATE TABLE "erasures" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "status" character varying NOT NULL DEFAULT 'PENDING' COLLATE "C", "ground" character varying NOT NULL DEFAULT 'REQUEST' COLLATE "C", "subject_type" character varying NOT NULL COLLATE "C", "subject_id" uuid NOT NULL, "requested_by" character varying NOT NULL COLLATE "C", "held_by" jsonb NOT NULL, "records" bigint NOT NULL DEFAULT 0, "erased_at" timestamptz NULL, "backups_until" timestamptz NULL, "completed_at" timestamptz NULL, PRIMARY KEY ("id"), CONSTRAINT "erasures_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "erasure_tenant_id_id" to table: "erasures"
CREATE UNIQUE INDEX "erasure_tenant_id_id" ON "erasures" ("tenant_id", "id");
-- create index "erasure_tenant_id_status_id" to table: "erasures"
CREATE INDEX "erasure_tenant_id_status_id" ON "erasures" ("tenant_id", "status", "id");
-- create index "erasure_tenant_id_subject_id" to table: "erasures"
CREATE INDEX "erasure_tenant_id_subject_id" ON "erasures" ("tenant_id", "subject_id");
-- create "erasure_lines" table
CREATE TABLE "erasure_lines" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "kind" character varying NOT NULL COLLATE "C", "place" character varying NOT NULL COLLATE "C", "state" character varying NOT NULL COLLATE "C", "erased" bigint NOT NULL DEFAULT 0, "anonymized" bigint NOT NULL DEFAULT 0, "note" character varying NOT NULL DEFAULT '' COLLATE "C", "until" timestamptz NULL, "confirmed_at" timestamptz NULL, "erasure_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "erasure_lines_erasures_lines" FOREIGN KEY ("tenant_id", "erasure_id") REFERENCES "erasures" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "erasure_lines_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "erasureline_tenant_id_erasure_id_id" to table: "erasure_lines"
CREATE INDEX "erasureline_tenant_id_erasure_id_id" ON "erasure_lines" ("tenant_id", "erasure_id", "id");
-- create index "erasureline_tenant_id_erasure_id_kind_place" to table: "erasure_lines"
CREATE UNIQUE INDEX "erasureline_tenant_id_erasure_id_kind_place" ON "erasure_lines" ("tenant_id", "erasure_id", "kind", "place");
-- create index "erasureline_tenant_id_id" to table: "erasure_lines"
CREATE UNIQUE INDEX "erasureline_tenant_id_id" ON "erasure_lines" ("tenant_id", "id");
-- create "feature_grants" table
CREATE TABLE "feature_grants" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "feature" character varying NOT NULL COLLATE "C", "source" character varying NOT NULL COLLATE "C", "granted_by" character varying NOT NULL COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "feature_grants_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "featuregrant_tenant_id_feature_source" to table: "feature_grants"
CREATE UNIQUE INDEX "featuregrant_tenant_id_feature_source" ON "feature_grants" ("tenant_id", "feature", "source");
-- create index "featuregrant_tenant_id_id" to table: "feature_grants"
CREATE UNIQUE INDEX "featuregrant_tenant_id_id" ON "feature_grants" ("tenant_id", "id");
-- create "identity_providers" table
CREATE TABLE "identity_providers" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "name" character varying NOT NULL COLLATE "C", "issuer" character varying NOT NULL COLLATE "C", "client_id" character varying NOT NULL COLLATE "C", "client_secret" bytea NULL, "domains" jsonb NOT NULL, "status" character varying NOT NULL DEFAULT 'ENABLED' COLLATE "C", "required" boolean NOT NULL DEFAULT false, PRIMARY KEY ("id"), CONSTRAINT "identity_providers_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "identityprovider_tenant_id_id" to table: "identity_providers"
CREATE UNIQUE INDEX "identityprovider_tenant_id_id" ON "identity_providers" ("tenant_id", "id");
-- create index "identityprovider_tenant_id_issuer_client_id" to table: "identity_providers"
CREATE UNIQUE INDEX "identityprovider_tenant_id_issuer_client_id" ON "identity_providers" ("tenant_id", "issuer", "client_id");
-- create "retention_rules" table
CREATE TABLE "retention_rules" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "kind" character varying NOT NULL COLLATE "C", "days" bigint NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "retention_rules_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "retentionrule_tenant_id_id" to table: "retention_rules"
CREATE UNIQUE INDEX "retentionrule_tenant_id_id" ON "retention_rules" ("tenant_id", "id");
-- create index "retentionrule_tenant_id_kind" to table: "retention_rules"
CREATE UNIQUE INDEX "retentionrule_tenant_id_kind" ON "retention_rules" ("tenant_id", "kind");
-- modify "users" table
ALTER TABLE "users" ADD COLUMN "email_verified_at" timestamptz NULL, ADD COLUMN "password_changed_at" timestamptz NULL;
-- create "sign_in_factors" table
CREATE TABLE "sign_in_factors" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "kind" character varying NOT NULL COLLATE "C", "name" character varying NOT NULL DEFAULT '' COLLATE "C", "digest" bytea NULL, "secret" bytea NULL, "step" bigint NOT NULL DEFAULT 0, "confirmed_at" timestamptz NULL, "used_at" timestamptz NULL, "user_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "sign_in_factors_users_factors" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "signinfactor_digest" to table: "sign_in_factors"
CREATE UNIQUE INDEX "signinfactor_digest" ON "sign_in_factors" ("digest");
-- create index "signinfactor_user_id_kind" to table: "sign_in_factors"
CREATE INDEX "signinfactor_user_id_kind" ON "sign_in_factors" ("user_id", "kind");
-- create "sign_in_tokens" table
CREATE TABLE "sign_in_tokens" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "digest" bytea NOT NULL, "kind" character varying NOT NULL COLLATE "C", "data" bytea NULL, "failures" bigint NOT NULL DEFAULT 0, "expires_at" timestamptz NOT NULL, "used_at" timestamptz NULL, "membership_id" uuid NULL, "user_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "sign_in_tokens_memberships_sign_in_tokens" FOREIGN KEY ("membership_id") REFERENCES "memberships" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "sign_in_tokens_users_sign_in_tokens" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "sign_in_tokens_digest_key" to table: "sign_in_tokens"
CREATE UNIQUE INDEX "sign_in_tokens_digest_key" ON "sign_in_tokens" ("digest");
-- create index "signintoken_expires_at" to table: "sign_in_tokens"
CREATE INDEX "signintoken_expires_at" ON "sign_in_tokens" ("expires_at");
-- create index "signintoken_membership_id_kind" to table: "sign_in_tokens"
CREATE INDEX "signintoken_membership_id_kind" ON "sign_in_tokens" ("membership_id", "kind");
-- create index "signintoken_user_id_kind" to table: "sign_in_tokens"
CREATE INDEX "signintoken_user_id_kind" ON "sign_in_tokens" ("user_id", "kind");
-- create "staff_accesses" table
CREATE TABLE "staff_accesses" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "staff_account_id" uuid NOT NULL, "staff_name" character varying NOT NULL COLLATE "C", "reason" character varying NOT NULL COLLATE "C", "minutes" bigint NOT NULL, "approval_required" boolean NOT NULL, "status" character varying NOT NULL DEFAULT 'REQUESTED' COLLATE "C", "token_hash" bytea NOT NULL, "decided_by" character varying NOT NULL DEFAULT '' COLLATE "C", "starts_at" timestamptz NULL, "ends_at" timestamptz NULL, "ended_at" timestamptz NULL, "end_reason" character varying NOT NULL DEFAULT '' COLLATE "C", "requests" bigint NOT NULL DEFAULT 0, "records_read" bigint NOT NULL DEFAULT 0, "minors_read" bigint NOT NULL DEFAULT 0, "score" bigint NOT NULL DEFAULT 0, PRIMARY KEY ("id"), CONSTRAINT "staff_accesses_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "staffaccess_tenant_id_id" to table: "staff_accesses"
CREATE UNIQUE INDEX "staffaccess_tenant_id_id" ON "staff_accesses" ("tenant_id", "id");
-- create index "staffaccess_tenant_id_status_id" to table: "staff_accesses"
CREATE INDEX "staffaccess_tenant_id_status_id" ON "staff_accesses" ("tenant_id", "status", "id");
-- create index "staffaccess_token_hash" to table: "staff_accesses"
CREATE INDEX "staffaccess_token_hash" ON "staff_accesses" ("token_hash");
-- create "subprocessor_objections" table
CREATE TABLE "subprocessor_objections" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "provider" character varying NOT NULL COLLATE "C", "reason" character varying NOT NULL DEFAULT '' COLLATE "C", "objected_by" character varying NOT NULL COLLATE "C", "withdrawn_at" timestamptz NULL, PRIMARY KEY ("id"), CONSTRAINT "subprocessor_objections_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "subprocessorobjection_tenant_id_id" to table: "subprocessor_objections"
CREATE UNIQUE INDEX "subprocessorobjection_tenant_id_id" ON "subprocessor_objections" ("tenant_id", "id");
-- create index "subprocessorobjection_tenant_id_provider" to table: "subprocessor_objections"
CREATE UNIQUE INDEX "subprocessorobjection_tenant_id_provider" ON "subprocessor_objections" ("tenant_id", "provider");

-- +goose Down
-- reverse: create index "subprocessorobjection_tenant_id_provider" to table: "subprocessor_objections"
DROP INDEX "subprocessorobjection_tenant_id_provider";
-- reverse: create index "subprocessorobjection_tenant_id_id" to table: "subprocessor_objections"
DROP INDEX "subprocessorobjection_tenant_id_id";
-- reverse: create "subprocessor_objections" table
DROP TABLE "subprocessor_objections";
-- reverse: create index "staffaccess_token_hash" to table: "staff_accesses"
DROP INDEX "staffaccess_token_hash";
-- reverse: create index "staffaccess_tenant_id_status_id" to table: "staff_accesses"
DROP INDEX "staffaccess_tenant_id_status_id";
-- reverse: create index "staffaccess_tenant_id_id" to table: "staff_accesses"
DROP INDEX "staffaccess_tenant_id_id";
-- reverse: create "staff_accesses" table
DROP TABLE "staff_accesses";
-- reverse: create index "signintoken_user_id_kind" to table: "sign_in_tokens"
DROP INDEX "signintoken_user_id_kind";
-- reverse: create index "signintoken_membership_id_kind" to table: "sign_in_tokens"
DROP INDEX "signintoken_membership_id_kind";
-- reverse: create index "signintoken_expires_at" to table: "sign_in_tokens"
DROP INDEX "signintoken_expires_at";
-- reverse: create index "sign_in_tokens_digest_key" to table: "sign_in_tokens"
DROP INDEX "sign_in_tokens_digest_key";
-- reverse: create "sign_in_tokens" table
DROP TABLE "sign_in_tokens";
-- reverse: create index "signinfactor_user_id_kind" to table: "sign_in_factors"
DROP INDEX "signinfactor_user_id_kind";
-- reverse: create index "signinfactor_digest" to table: "sign_in_factors"
DROP INDEX "signinfactor_digest";
-- reverse: create "sign_in_factors" table
DROP TABLE "sign_in_factors";
-- reverse: modify "users" table
ALTER TABLE "users" DROP COLUMN "password_changed_at", DROP COLUMN "email_verified_at";
-- reverse: create index "retentionrule_tenant_id_kind" to table: "retention_rules"
DROP INDEX "retentionrule_tenant_id_kind";
-- reverse: create index "retentionrule_tenant_id_id" to table: "retention_rules"
DROP INDEX "retentionrule_tenant_id_id";
-- reverse: create "retention_rules" table
DROP TABLE "retention_rules";
-- reverse: create index "identityprovider_tenant_id_issuer_client_id" to table: "identity_providers"
DROP INDEX "identityprovider_tenant_id_issuer_client_id";
-- reverse: create index "identityprovider_tenant_id_id" to table: "identity_providers"
DROP INDEX "identityprovider_tenant_id_id";
-- reverse: create "identity_providers" table
DROP TABLE "identity_providers";
-- reverse: create index "featuregrant_tenant_id_id" to table: "feature_grants"
DROP INDEX "featuregrant_tenant_id_id";
-- reverse: create index "featuregrant_tenant_id_feature_source" to table: "feature_grants"
DROP INDEX "featuregrant_tenant_id_feature_source";
-- reverse: create "feature_grants" table
DROP TABLE "feature_grants";
-- reverse: create index "erasureline_tenant_id_id" to table: "erasure_lines"
DROP INDEX "erasureline_tenant_id_id";
-- reverse: create index "erasureline_tenant_id_erasure_id_kind_place" to table: "erasure_lines"
DROP INDEX "erasureline_tenant_id_erasure_id_kind_place";
-- reverse: create index "erasureline_tenant_id_erasure_id_id" to table: "erasure_lines"
DROP INDEX "erasureline_tenant_id_erasure_id_id";
-- reverse: create "erasure_lines" table
DROP TABLE "erasure_lines";
-- reverse: create index "erasure_tenant_id_subject_id" to table: "erasures"
DROP INDEX "erasure_tenant_id_subject_id";
-- reverse: create index "erasure_tenant_id_status_id" to table: "erasures"
DROP INDEX "erasure_tenant_id_status_id";
-- reverse: create index "erasure_tenant_id_id" to table: "erasures"
DROP INDEX "erasure_tenant_id_id";
-- reverse: create "erasures" table
DROP TABLE "erasures";
-- reverse: create index "datakey_tenant_id_id" to table: "data_keys"
DROP INDEX "datakey_tenant_id_id";
-- reverse: create index "datakey_tenant_id_class_number" to table: "data_keys"
DROP INDEX "datakey_tenant_id_class_number";
-- reverse: create index "datakey_tenant_id_class" to table: "data_keys"
DROP INDEX "datakey_tenant_id_class";
-- reverse: create index "datakey_rotates_at" to table: "data_keys"
DROP INDEX "datakey_rotates_at";
-- reverse: create "data_keys" table
DROP TABLE "data_keys";
-- reverse: create index "breachnotice_tenant_id_id" to table: "breach_notices"
DROP INDEX "breachnotice_tenant_id_id";
-- reverse: create index "breachnotice_tenant_id_breach_id" to table: "breach_notices"
DROP INDEX "breachnotice_tenant_id_breach_id";
-- reverse: create "breach_notices" table
DROP TABLE "breach_notices";
-- reverse: create index "auditanchor_tenant_id_last_sequence" to table: "audit_anchors"
DROP INDEX "auditanchor_tenant_id_last_sequence";
-- reverse: create index "auditanchor_tenant_id_id" to table: "audit_anchors"
DROP INDEX "auditanchor_tenant_id_id";
-- reverse: create index "auditanchor_tenant_id_day" to table: "audit_anchors"
DROP INDEX "auditanchor_tenant_id_day";
-- reverse: create "audit_anchors" table
DROP TABLE "audit_anchors";
-- reverse: create index "appinstallation_tenant_id_id" to table: "app_installations"
DROP INDEX "appinstallation_tenant_id_id";
-- reverse: create index "appinstallation_tenant_id_app_id" to table: "app_installations"
DROP INDEX "appinstallation_tenant_id_app_id";
-- reverse: create "app_installations" table
DROP TABLE "app_installations";
-- reverse: create index "announcementread_tenant_id_membership_id_id" to table: "announcement_reads"
DROP INDEX "announcementread_tenant_id_membership_id_id";
-- reverse: create index "announcementread_tenant_id_id" to table: "announcement_reads"
DROP INDEX "announcementread_tenant_id_id";
-- reverse: create index "announcementread_tenant_id_announcement_id_membership_id" to table: "announcement_reads"
DROP INDEX "announcementread_tenant_id_announcement_id_membership_id";
-- reverse: create "announcement_reads" table
DROP TABLE "announcement_reads";
-- reverse: create index "announcement_tenant_id_slug" to table: "announcements"
DROP INDEX "announcement_tenant_id_slug";
-- reverse: create index "announcement_tenant_id_kind_id" to table: "announcements"
DROP INDEX "announcement_tenant_id_kind_id";
-- reverse: create index "announcement_tenant_id_id" to table: "announcements"
DROP INDEX "announcement_tenant_id_id";
-- reverse: create "announcements" table
DROP TABLE "announcements";
-- reverse: create index "alerts_open" to table: "alerts"
DROP INDEX "alerts_open";
-- reverse: create index "alert_tenant_id_status_id" to table: "alerts"
DROP INDEX "alert_tenant_id_status_id";
-- reverse: create index "alert_tenant_id_kind_id" to table: "alerts"
DROP INDEX "alert_tenant_id_kind_id";
-- reverse: create index "alert_tenant_id_id" to table: "alerts"
DROP INDEX "alert_tenant_id_id";
-- reverse: create index "alert_tenant_id_api_key_id_id" to table: "alerts"
DROP INDEX "alert_tenant_id_api_key_id_id";
-- reverse: create "alerts" table
DROP TABLE "alerts";
-- reverse: create index "accessreviewitem_tenant_id_membership_id_id" to table: "access_review_items"
DROP INDEX "accessreviewitem_tenant_id_membership_id_id";
-- reverse: create index "accessreviewitem_tenant_id_id" to table: "access_review_items"
DROP INDEX "accessreviewitem_tenant_id_id";
-- reverse: create index "accessreviewitem_tenant_id_api_key_id_id" to table: "access_review_items"
DROP INDEX "accessreviewitem_tenant_id_api_key_id_id";
-- reverse: create index "accessreviewitem_tenant_id_access_review_id_id" to table: "access_review_items"
DROP INDEX "accessreviewitem_tenant_id_access_review_id_id";
-- reverse: create "access_review_items" table
DROP TABLE "access_review_items";
-- reverse: create index "membership_tenant_id_staff_id" to table: "memberships"
DROP INDEX "membership_tenant_id_staff_id";
-- reverse: create index "membership_tenant_id_identity_provider_id_subject" to table: "memberships"
DROP INDEX "membership_tenant_id_identity_provider_id_subject";
-- reverse: create index "membership_tenant_id_custom_role_id" to table: "memberships"
DROP INDEX "membership_tenant_id_custom_role_id";
-- reverse: modify "memberships" table
ALTER TABLE "memberships" DROP CONSTRAINT "memberships_staff_memberships", DROP CONSTRAINT "memberships_custom_roles_memberships", DROP COLUMN "staff_id", DROP COLUMN "custom_role_id", DROP COLUMN "subject", DROP COLUMN "identity_provider_id", DROP COLUMN "verification_requested_at", DROP COLUMN "password_reset_requested_at", DROP COLUMN "location_ids";
-- reverse: create index "staff_tenant_id_email_index" to table: "staff"
DROP INDEX "staff_tenant_id_email_index";
-- reverse: modify "staff" table
ALTER TABLE "staff" DROP COLUMN "email_index";
-- reverse: create index "customrole_tenant_id_name" to table: "custom_roles"
DROP INDEX "customrole_tenant_id_name";
-- reverse: create index "customrole_tenant_id_id" to table: "custom_roles"
DROP INDEX "customrole_tenant_id_id";
-- reverse: create "custom_roles" table
DROP TABLE "custom_roles";
-- reverse: modify "api_keys" table
ALTER TABLE "api_keys" DROP COLUMN "allowed_networks", DROP COLUMN "suspended_reason", DROP COLUMN "suspended_at", DROP COLUMN "networks_reviewed_until";
-- reverse: create index "accessreview_tenant_id_status_id" to table: "access_reviews"
DROP INDEX "accessreview_tenant_id_status_id";
-- reverse: create index "accessreview_tenant_id_id" to table: "access_reviews"
DROP INDEX "accessreview_tenant_id_id";
-- reverse: create index "accessreview_status_due_at" to table: "access_reviews"
DROP INDEX "accessreview_status_due_at";
-- reverse: create "access_reviews" table
DROP TABLE "access_reviews";
-- reverse: create index "oauthtoken_installation_id" to table: "oauth_tokens"
DROP INDEX "oauthtoken_installation_id";
-- reverse: create index "oauthtoken_family" to table: "oauth_tokens"
DROP INDEX "oauthtoken_family";
-- reverse: create index "oauth_tokens_token_hash_key" to table: "oauth_tokens"
DROP INDEX "oauth_tokens_token_hash_key";
-- reverse: create "oauth_tokens" table
DROP TABLE "oauth_tokens";
-- reverse: create index "backuprun_started_at" to table: "backup_runs"
DROP INDEX "backuprun_started_at";
-- reverse: create index "backuprun_kind_status_started_at" to table: "backup_runs"
DROP INDEX "backuprun_kind_status_started_at";
-- reverse: create "backup_runs" table
DROP TABLE "backup_runs";
-- reverse: create "oauth_apps" table
DROP TABLE "oauth_apps";
-- reverse: create index "staff_accounts_token_hash_key" to table: "staff_accounts"
DROP INDEX "staff_accounts_token_hash_key";
-- reverse: create index "staff_accounts_email_key" to table: "staff_accounts"
DROP INDEX "staff_accounts_email_key";
-- reverse: create "staff_accounts" table
DROP TABLE "staff_accounts";
-- reverse: create "breaches" table
DROP TABLE "breaches";
-- reverse: modify "tenant_counters" table
ALTER TABLE "tenant_counters" DROP COLUMN "epoch";
-- reverse: modify "tenants" table
ALTER TABLE "tenants" DROP COLUMN "forbidden_locations", DROP COLUMN "account_url", DROP COLUMN "session_idle_minutes", DROP COLUMN "requires_second_factor", DROP COLUMN "password_policy", DROP COLUMN "access_review_days", DROP COLUMN "staff_access_approval", DROP COLUMN "purge_at";
-- reverse: create index "providerlink_tenant_id_integration_id_remote_id" to table: "provider_links"
DROP INDEX "providerlink_tenant_id_integration_id_remote_id";
-- reverse: create index "refund_tenant_id_status_id" to table: "refunds"
DROP INDEX "refund_tenant_id_status_id";
-- reverse: modify "refunds" table
ALTER TABLE "refunds" DROP COLUMN "failure_code", DROP COLUMN "provider", DROP COLUMN "status";
-- reverse: create index "tenant_tombstones_tenant_key" to table: "tenant_tombstones"
DROP INDEX "tenant_tombstones_tenant_key";
-- reverse: create "tenant_tombstones" table
DROP TABLE "tenant_tombstones";
-- reverse: modify "invoices" table
ALTER TABLE "invoices" DROP COLUMN "biller";
-- reverse: create index "integration_tenant_id_bills" to table: "integrations"
DROP INDEX "integration_tenant_id_bills";
-- reverse: modify "integrations" table
ALTER TABLE "integrations" DROP COLUMN "bills";
-- reverse: create index "export_tenant_id_subject_id" to table: "exports"
DROP INDEX "export_tenant_id_subject_id";
-- reverse: create index "export_tenant_id_kind_id" to table: "exports"
DROP INDEX "export_tenant_id_kind_id";
-- reverse: modify "exports" table
ALTER TABLE "exports" DROP COLUMN "subject_id", DROP COLUMN "subject_type", DROP COLUMN "kind";
-- reverse: modify "deliveries" table
ALTER TABLE "deliveries" DROP COLUMN "body";
-- reverse: modify "auth_sessions" table
ALTER TABLE "auth_sessions" DROP COLUMN "device", DROP COLUMN "address", DROP COLUMN "last_seen_at", DROP COLUMN "second_factor_at", DROP COLUMN "proven_at", DROP COLUMN "method";
-- reverse: create index "auditentry_tenant_id_sequence" to table: "audit_entries"
DROP INDEX "auditentry_tenant_id_sequence";
-- reverse: create index "auditentry_tenant_id_actor_id" to table: "audit_entries"
DROP INDEX "auditentry_tenant_id_actor_id";
-- reverse: create index "audit_entries_unsealed" to table: "audit_entries"
DROP INDEX "audit_entries_unsealed";
-- reverse: modify "audit_entries" table
ALTER TABLE "audit_entries" DROP COLUMN "hash", DROP COLUMN "previous_hash", DROP COLUMN "sequence", DROP COLUMN "staff_access_id", DROP COLUMN "address", DROP COLUMN "outcome";
-- reverse: create index "probe_kind_day" to table: "probes"
DROP INDEX "probe_kind_day";
-- reverse: create "probes" table
DROP TABLE "probes";
