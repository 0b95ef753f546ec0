-- +goose Up
-- modify "deliveries" table
ALTER TABLE "deliveries" ADD COLUMN "epoch" bigint NOT NULL DEFAULT 1;
-- modify "invoices" table
ALTER TABLE "invoices" ADD COLUMN "payment_url" character varying NULL COLLATE "C";
-- deliveries under way go on in the epoch of their studio's feed, and a studio whose one billing provider was connected before that could be chosen goes on with it
ALTER TABLE "deliveries" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "tenant_counters" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "integrations" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "events" NO FORCE ROW LEVEL SECURITY;
UPDATE "deliveries" d SET "epoch" = c."epoch" FROM "tenant_counters" c
WHERE c."tenant_id" = d."tenant_id" AND c."kind" = 'EVENT' AND c."epoch" <> 1 AND d."status" IN ('PENDING', 'RETRYING');
-- +goose StatementBegin
DO $$ BEGIN
  IF to_regclass('goose_db_version') IS NOT NULL THEN -- which says when that was
    UPDATE "integrations" i SET "bills" = true, "version" = i."version" + 1, "updated_at" = now()
    WHERE i."provider" IN ('stripe', 'recurly', 'paycove') AND i."status" <> 'DISCONNECTED'
      AND i."created_at" < (SELECT min(v."tstamp") FROM "goose_db_version" v WHERE v."version_id" = 20261122094833)
      AND NOT EXISTS (SELECT FROM "integrations" o WHERE o."tenant_id" = i."tenant_id" AND o."id" <> i."id"
        AND (o."bills" OR o."provider" IN ('stripe', 'recurly', 'paycove') AND o."status" <> 'DISCONNECTED'))
      AND NOT EXISTS (SELECT FROM "events" e WHERE e."tenant_id" = i."tenant_id" AND e."entity_id" = i."id" AND e."changed" @> '["bills"]');
  END IF;
END $$;
-- +goose StatementEnd
ALTER TABLE "events" FORCE ROW LEVEL SECURITY;
ALTER TABLE "integrations" FORCE ROW LEVEL SECURITY;
ALTER TABLE "tenant_counters" FORCE ROW LEVEL SECURITY;
ALTER TABLE "deliveries" FORCE ROW LEVEL SECURITY;

-- +goose Down
-- reverse: modify "invoices" table
ALTER TABLE "invoices" DROP COLUMN "payment_url";
-- reverse: modify "deliveries" table
ALTER TABLE "deliveries" DROP COLUMN "epoch";
