-- +goose Up
-- modify "seasons" table
ALTER TABLE "seasons" ADD COLUMN "deleted_with" uuid NULL;
-- create index "season_tenant_id_deleted_at" to table: "seasons"
CREATE INDEX "season_tenant_id_deleted_at" ON "seasons" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "staff" table
ALTER TABLE "staff" ADD COLUMN "deleted_with" uuid NULL;
-- create index "staff_tenant_id_deleted_at" to table: "staff"
CREATE INDEX "staff_tenant_id_deleted_at" ON "staff" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "guardians" table
ALTER TABLE "guardians" ADD COLUMN "deleted_with" uuid NULL;
-- create index "guardian_tenant_id_deleted_at" to table: "guardians"
CREATE INDEX "guardian_tenant_id_deleted_at" ON "guardians" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "households" table
ALTER TABLE "households" ADD COLUMN "deleted_with" uuid NULL;
-- create index "household_tenant_id_deleted_at" to table: "households"
CREATE INDEX "household_tenant_id_deleted_at" ON "households" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "idempotency_keys" table
ALTER TABLE "idempotency_keys" DROP COLUMN "fingerprint";
-- modify "locations" table
ALTER TABLE "locations" ADD COLUMN "deleted_with" uuid NULL;
-- create index "location_tenant_id_deleted_at" to table: "locations"
CREATE INDEX "location_tenant_id_deleted_at" ON "locations" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "notes" table
ALTER TABLE "notes" ADD COLUMN "deleted_with" uuid NULL;
-- create index "note_tenant_id_deleted_at" to table: "notes"
CREATE INDEX "note_tenant_id_deleted_at" ON "notes" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "programs" table
ALTER TABLE "programs" ADD COLUMN "deleted_with" uuid NULL;
-- create index "program_tenant_id_deleted_at" to table: "programs"
CREATE INDEX "program_tenant_id_deleted_at" ON "programs" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "deals" table
ALTER TABLE "deals" ADD COLUMN "deleted_with" uuid NULL;
-- create index "deal_tenant_id_deleted_at" to table: "deals"
CREATE INDEX "deal_tenant_id_deleted_at" ON "deals" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- drop index "studenttag_tenant_id_student_id_tag_id" from table: "student_tags"
DROP INDEX "studenttag_tenant_id_student_id_tag_id";
-- modify "student_tags" table
ALTER TABLE "student_tags" ADD COLUMN "deleted_at" timestamptz NULL, ADD COLUMN "deleted_with" uuid NULL;
-- create index "studenttag_tenant_id_student_id_tag_id" to table: "student_tags"
CREATE UNIQUE INDEX "studenttag_tenant_id_student_id_tag_id" ON "student_tags" ("tenant_id", "student_id", "tag_id") WHERE (deleted_at IS NULL);
-- create index "studenttag_tenant_id_deleted_at" to table: "student_tags"
CREATE INDEX "studenttag_tenant_id_deleted_at" ON "student_tags" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "classes" table
ALTER TABLE "classes" ADD COLUMN "deleted_with" uuid NULL;
-- create index "class_tenant_id_deleted_at" to table: "classes"
CREATE INDEX "class_tenant_id_deleted_at" ON "classes" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "students" table
ALTER TABLE "students" ADD COLUMN "deleted_with" uuid NULL;
-- create index "student_tenant_id_deleted_at" to table: "students"
CREATE INDEX "student_tenant_id_deleted_at" ON "students" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "tags" table
ALTER TABLE "tags" ADD COLUMN "deleted_with" uuid NULL;
-- create index "tag_tenant_id_deleted_at" to table: "tags"
CREATE INDEX "tag_tenant_id_deleted_at" ON "tags" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- modify "tuition_plans" table
ALTER TABLE "tuition_plans" ADD COLUMN "deleted_with" uuid NULL;
-- create index "tuitionplan_tenant_id_deleted_at" to table: "tuition_plans"
CREATE INDEX "tuitionplan_tenant_id_deleted_at" ON "tuition_plans" ("tenant_id", "deleted_at") WHERE (deleted_at IS NOT NULL);
-- create "visitor_keys" table
CREATE TABLE "visitor_keys" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "digest" bytea NOT NULL, "session" bytea NOT NULL, PRIMARY KEY ("id"));
-- create index "visitor_keys_digest_key" to table: "visitor_keys"
CREATE UNIQUE INDEX "visitor_keys_digest_key" ON "visitor_keys" ("digest");
-- create index "visitorkey_created_at" to table: "visitor_keys"
CREATE INDEX "visitorkey_created_at" ON "visitor_keys" ("created_at");
-- create "sign_in_attempts" table
CREATE TABLE "sign_in_attempts" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "digest" bytea NOT NULL, "failures" bigint NOT NULL, "last_at" timestamptz NOT NULL, "until" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "sign_in_attempts_digest_key" to table: "sign_in_attempts"
CREATE UNIQUE INDEX "sign_in_attempts_digest_key" ON "sign_in_attempts" ("digest");
-- create index "signinattempt_last_at" to table: "sign_in_attempts"
CREATE INDEX "signinattempt_last_at" ON "sign_in_attempts" ("last_at");
-- create "custom_domains" table
CREATE TABLE "custom_domains" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "version" bigint NOT NULL DEFAULT 1, "tenant_id" uuid NOT NULL, "host" character varying NOT NULL COLLATE "C", PRIMARY KEY ("id"), CONSTRAINT "custom_domains_tenant" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "customdomain_host" to table: "custom_domains"
CREATE UNIQUE INDEX "customdomain_host" ON "custom_domains" ("host");
-- create index "customdomain_tenant_id_id" to table: "custom_domains"
CREATE UNIQUE INDEX "customdomain_tenant_id_id" ON "custom_domains" ("tenant_id", "id");

-- +goose Down
-- reverse: create index "customdomain_tenant_id_id" to table: "custom_domains"
DROP INDEX "customdomain_tenant_id_id";
-- reverse: create index "customdomain_host" to table: "custom_domains"
DROP INDEX "customdomain_host";
-- reverse: create "custom_domains" table
DROP TABLE "custom_domains";
-- reverse: create index "signinattempt_last_at" to table: "sign_in_attempts"
DROP INDEX "signinattempt_last_at";
-- reverse: create index "sign_in_attempts_digest_key" to table: "sign_in_attempts"
DROP INDEX "sign_in_attempts_digest_key";
-- reverse: create "sign_in_attempts" table
DROP TABLE "sign_in_attempts";
-- reverse: create index "visitorkey_created_at" to table: "visitor_keys"
DROP INDEX "visitorkey_created_at";
-- reverse: create index "visitor_keys_digest_key" to table: "visitor_keys"
DROP INDEX "visitor_keys_digest_key";
-- reverse: create "visitor_keys" table
DROP TABLE "visitor_keys";
-- reverse: create index "tuitionplan_tenant_id_deleted_at" to table: "tuition_plans"
DROP INDEX "tuitionplan_tenant_id_deleted_at";
-- reverse: modify "tuition_plans" table
ALTER TABLE "tuition_plans" DROP COLUMN "deleted_with";
-- reverse: create index "tag_tenant_id_deleted_at" to table: "tags"
DROP INDEX "tag_tenant_id_deleted_at";
-- reverse: modify "tags" table
ALTER TABLE "tags" DROP COLUMN "deleted_with";
-- reverse: create index "student_tenant_id_deleted_at" to table: "students"
DROP INDEX "student_tenant_id_deleted_at";
-- reverse: modify "students" table
ALTER TABLE "students" DROP COLUMN "deleted_with";
-- reverse: create index "class_tenant_id_deleted_at" to table: "classes"
DROP INDEX "class_tenant_id_deleted_at";
-- reverse: modify "classes" table
ALTER TABLE "classes" DROP COLUMN "deleted_with";
-- reverse: create index "studenttag_tenant_id_deleted_at" to table: "student_tags"
DROP INDEX "studenttag_tenant_id_deleted_at";
-- reverse: create index "studenttag_tenant_id_student_id_tag_id" to table: "student_tags"
DROP INDEX "studenttag_tenant_id_student_id_tag_id";
-- reverse: modify "student_tags" table
ALTER TABLE "student_tags" DROP COLUMN "deleted_with", DROP COLUMN "deleted_at";
-- reverse: drop index "studenttag_tenant_id_student_id_tag_id" from table: "student_tags"
CREATE UNIQUE INDEX "studenttag_tenant_id_student_id_tag_id" ON "student_tags" ("tenant_id", "student_id", "tag_id");
-- reverse: create index "deal_tenant_id_deleted_at" to table: "deals"
DROP INDEX "deal_tenant_id_deleted_at";
-- reverse: modify "deals" table
ALTER TABLE "deals" DROP COLUMN "deleted_with";
-- reverse: create index "program_tenant_id_deleted_at" to table: "programs"
DROP INDEX "program_tenant_id_deleted_at";
-- reverse: modify "programs" table
ALTER TABLE "programs" DROP COLUMN "deleted_with";
-- reverse: create index "note_tenant_id_deleted_at" to table: "notes"
DROP INDEX "note_tenant_id_deleted_at";
-- reverse: modify "notes" table
ALTER TABLE "notes" DROP COLUMN "deleted_with";
-- reverse: create index "location_tenant_id_deleted_at" to table: "locations"
DROP INDEX "location_tenant_id_deleted_at";
-- reverse: modify "locations" table
ALTER TABLE "locations" DROP COLUMN "deleted_with";
-- reverse: modify "idempotency_keys" table
ALTER TABLE "idempotency_keys" ADD COLUMN "fingerprint" bytea NOT NULL;
-- reverse: create index "household_tenant_id_deleted_at" to table: "households"
DROP INDEX "household_tenant_id_deleted_at";
-- reverse: modify "households" table
ALTER TABLE "households" DROP COLUMN "deleted_with";
-- reverse: create index "guardian_tenant_id_deleted_at" to table: "guardians"
DROP INDEX "guardian_tenant_id_deleted_at";
-- reverse: modify "guardians" table
ALTER TABLE "guardians" DROP COLUMN "deleted_with";
-- reverse: create index "staff_tenant_id_deleted_at" to table: "staff"
DROP INDEX "staff_tenant_id_deleted_at";
-- reverse: modify "staff" table
ALTER TABLE "staff" DROP COLUMN "deleted_with";
-- reverse: create index "season_tenant_id_deleted_at" to table: "seasons"
DROP INDEX "season_tenant_id_deleted_at";
-- reverse: modify "seasons" table
ALTER TABLE "seasons" DROP COLUMN "deleted_with";
