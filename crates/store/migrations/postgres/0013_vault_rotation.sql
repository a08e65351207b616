-- Keys of the vault can be changed: a row of who a patient is may be sealed anew under a later key of its hospital, and what
-- nothing needs any more may go. Everything else of both tables stays as it was written.

CREATE INDEX patient_identifier_by_key ON patient_identifier (hospital, key_id, id);

-- Only the seal changes: never what the row is, whose, of when and by whom; only forwards; and to a key that is there.
CREATE FUNCTION only_the_seal_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.id = OLD.id AND NEW.case_id = OLD.case_id AND NEW.hospital = OLD.hospital
            AND NEW.recorded_by IS NOT DISTINCT FROM OLD.recorded_by AND NEW.recorded_at = OLD.recorded_at
            AND NEW.nonce <> OLD.nonce AND length(NEW.ciphertext) = length(OLD.ciphertext)
            AND (NEW.number_index IS NULL) = (OLD.number_index IS NULL)
            AND EXISTS (
                SELECT 1 FROM vault_key later, vault_key before
                WHERE later.hospital = OLD.hospital AND later.key_id = NEW.key_id
                AND before.hospital = OLD.hospital AND before.key_id = OLD.key_id AND later.made_at > before.made_at
            )
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the record is immutable: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER patient_identifier_keeps ON patient_identifier;
CREATE TRIGGER patient_identifier_keeps BEFORE UPDATE OR DELETE ON patient_identifier FOR EACH ROW EXECUTE FUNCTION only_the_seal_changes();

-- A row whose key is not there could never be opened. The key stays locked until the row is committed, so that nobody takes it away.
CREATE FUNCTION row_has_vault_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM vault_key k WHERE k.hospital = NEW.hospital AND k.key_id = NEW.key_id FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no vault key of the row: %', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER patient_identifier_has_key BEFORE INSERT OR UPDATE ON patient_identifier FOR EACH ROW EXECUTE FUNCTION row_has_vault_key();

-- A wrapped key goes where the same key is wrapped by another site key, or where no row needs it and there is a later one.
-- One at a time, so that two do not each leave the other's.
CREATE FUNCTION only_unneeded_keys_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM pg_advisory_xact_lock(x'54534d4700000002'::bigint);
        IF EXISTS (
            SELECT 1 FROM vault_key k
            WHERE k.hospital = OLD.hospital AND k.key_id = OLD.key_id AND k.site_key_id <> OLD.site_key_id
        ) OR (
            NOT EXISTS (SELECT 1 FROM patient_identifier i WHERE i.hospital = OLD.hospital AND i.key_id = OLD.key_id)
            AND EXISTS (SELECT 1 FROM vault_key k WHERE k.hospital = OLD.hospital AND k.made_at > OLD.made_at)
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the record is immutable: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER vault_key_keeps ON vault_key;
CREATE TRIGGER vault_key_keeps BEFORE UPDATE OR DELETE ON vault_key FOR EACH ROW EXECUTE FUNCTION only_unneeded_keys_go();
