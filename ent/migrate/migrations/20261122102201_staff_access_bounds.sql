-- +goose Up
-- modify "staff_accesses" table
ALTER TABLE "staff_accesses" ADD CONSTRAINT "staff_access_at_most_a_day" CHECK (((minutes >= 1) AND (minutes <= 1440)) AND ((ends_at IS NULL) OR ((starts_at IS NOT NULL) AND (ends_at <= (starts_at + '24:00:00'::interval)))));

-- +goose Down
-- reverse: modify "staff_accesses" table
ALTER TABLE "staff_accesses" DROP CONSTRAINT "staff_access_at_most_a_day";
