-- +goose Up
-- modify "staff_accounts" table
ALTER TABLE "staff_accounts" ADD COLUMN "factor_secret" bytea NULL, ADD COLUMN "factor_step" bigint NOT NULL DEFAULT 0;
-- drop index "users_email_key" from table: "users"
DROP INDEX "users_email_key";
-- create index "user_email" to table: "users"
CREATE INDEX "user_email" ON "users" ("email");
-- modify "access_review_items" table
ALTER TABLE "access_review_items" ADD COLUMN "app_installation_id" uuid NULL, ADD CONSTRAINT "access_review_items_app_installations_review_items" FOREIGN KEY ("tenant_id", "app_installation_id") REFERENCES "app_installations" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;
-- create index "accessreviewitem_tenant_id_app_installation_id_id" to table: "access_review_items"
CREATE INDEX "accessreviewitem_tenant_id_app_installation_id_id" ON "access_review_items" ("tenant_id", "app_installation_id", "id");

-- +goose Down
-- reverse: create index "accessreviewitem_tenant_id_app_installation_id_id" to table: "access_review_items"
DROP INDEX "accessreviewitem_tenant_id_app_installation_id_id";
-- reverse: modify "access_review_items" table
ALTER TABLE "access_review_items" DROP CONSTRAINT "access_review_items_app_installations_review_items", DROP COLUMN "app_installation_id";
-- reverse: create index "user_email" to table: "users"
DROP INDEX "user_email";
-- reverse: drop index "users_email_key" from table: "users"
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email");
-- reverse: modify "staff_accounts" table
ALTER TABLE "staff_accounts" DROP COLUMN "factor_step", DROP COLUMN "factor_secret";
