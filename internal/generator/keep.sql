
-- The audit log is added to, sealed once and never changed. Entries go with
-- their day, once it is anchored and as old as the law wants them, or with
-- their studio; not even the owner of the table can step around that.
GRANT UPDATE (sequence, previous_hash, hash) ON audit_entries TO barre_system;
GRANT UPDATE (entries_removed_at, updated_at, version) ON audit_anchors TO barre_system;
DROP POLICY IF EXISTS unsealed ON audit_entries;
CREATE POLICY unsealed ON audit_entries AS RESTRICTIVE FOR INSERT TO barre_app, barre_system WITH CHECK (sequence IS NULL AND previous_hash IS NULL AND hash IS NULL);
CREATE OR REPLACE FUNCTION barre_leaving(tenant uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = public AS $$
	SELECT EXISTS (SELECT FROM tenants WHERE id = tenant AND status = 'CLOSING' AND purge_at <= now())
$$;
CREATE OR REPLACE FUNCTION barre_keep_entries() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE seal text[] := ARRAY['sequence', 'previous_hash', 'hash'];
BEGIN
	IF TG_OP = 'UPDATE' THEN
		IF OLD.sequence IS NULL AND NEW.sequence IS NOT NULL AND NEW.previous_hash IS NOT NULL AND NEW.hash IS NOT NULL AND to_jsonb(OLD) - seal = to_jsonb(NEW) - seal THEN
			RETURN NEW;
		END IF;
	ELSIF TG_OP = 'DELETE' THEN
		IF EXISTS (SELECT FROM audit_anchors a WHERE a.tenant_id = OLD.tenant_id AND OLD.sequence BETWEEN a.first_sequence AND a.last_sequence
			AND a.entries_removed_at IS NOT NULL AND a.day < now() - interval '365 days') OR barre_leaving(OLD.tenant_id) THEN
			RETURN OLD;
		END IF;
	END IF;
	RAISE EXCEPTION 'entries of the audit log are kept as they are' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE FUNCTION barre_keep_anchors() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE mark text[] := ARRAY['entries_removed_at', 'updated_at', 'version'];
BEGIN
	IF TG_OP = 'UPDATE' THEN
		IF OLD.entries_removed_at IS NULL AND NEW.entries_removed_at IS NOT NULL AND to_jsonb(OLD) - mark = to_jsonb(NEW) - mark THEN
			RETURN NEW;
		END IF;
	ELSIF TG_OP = 'DELETE' THEN
		IF barre_leaving(OLD.tenant_id) THEN
			RETURN OLD;
		END IF;
	END IF;
	RAISE EXCEPTION 'anchors of the audit log are kept as they are' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION barre_keep_entries();
CREATE OR REPLACE TRIGGER kept_whole BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION barre_keep_entries();
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON audit_anchors FOR EACH ROW EXECUTE FUNCTION barre_keep_anchors();
CREATE OR REPLACE TRIGGER kept_whole BEFORE TRUNCATE ON audit_anchors FOR EACH STATEMENT EXECUTE FUNCTION barre_keep_anchors();

-- A studio that is closing is changed no more, by whomever, as there is no change
-- without its event; who may come in still is.
CREATE OR REPLACE FUNCTION barre_open() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
	IF EXISTS (SELECT FROM added a JOIN tenants t ON t.id = a.tenant_id AND t.status = 'CLOSING' WHERE a.entity_type NOT IN ('Tenant', 'Export', 'BreachNotice', 'StaffAccess', 'APIKey', 'Membership', 'AppInstallation', 'Alert')) THEN
		RAISE EXCEPTION 'the studio is closing' USING ERRCODE = 'BR001';
	END IF;
	RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER open AFTER INSERT ON events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION barre_open();
REVOKE ALL ON FUNCTION barre_leaving(uuid), barre_keep_entries(), barre_keep_anchors(), barre_open() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION barre_leaving(uuid) TO barre_system, barre_owner;
