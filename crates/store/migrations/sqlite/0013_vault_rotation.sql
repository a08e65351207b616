-- Keys of the vault can be changed: a row of who a patient is may be sealed anew under a later key of its hospital, and what
-- nothing needs any more may go. Everything else of both tables stays as it was written.

CREATE INDEX patient_identifier_by_key ON patient_identifier (hospital, key_id, id);

-- Only the seal changes: never what the row is, whose, of when and by whom; only forwards; and to a key that is there.
DROP TRIGGER patient_identifier_keeps;
CREATE TRIGGER patient_identifier_keeps BEFORE UPDATE ON patient_identifier
WHEN NOT (
    NEW.id IS OLD.id AND NEW.case_id IS OLD.case_id AND NEW.hospital IS OLD.hospital
    AND NEW.recorded_by IS OLD.recorded_by AND NEW.recorded_at IS OLD.recorded_at
    AND NEW.nonce IS NOT OLD.nonce AND length(NEW.ciphertext) IS length(OLD.ciphertext)
    AND (NEW.number_index IS NULL) = (OLD.number_index IS NULL)
    AND EXISTS (
        SELECT 1 FROM vault_key later, vault_key before
        WHERE later.hospital = OLD.hospital AND later.key_id = NEW.key_id
        AND before.hospital = OLD.hospital AND before.key_id = OLD.key_id AND later.made_at > before.made_at
    )
)
BEGIN SELECT RAISE(ABORT, 'the record is immutable: patient_identifier'); END;

-- A row whose key is not there could never be opened.
CREATE TRIGGER patient_identifier_has_key BEFORE INSERT ON patient_identifier
WHEN NOT EXISTS (SELECT 1 FROM vault_key k WHERE k.hospital = NEW.hospital AND k.key_id = NEW.key_id)
BEGIN SELECT RAISE(ABORT, 'there is no vault key of the row: patient_identifier'); END;

-- A wrapped key goes where the same key is wrapped by another site key, or where no row needs it and there is a later one.
DROP TRIGGER vault_key_stays;
CREATE TRIGGER vault_key_stays BEFORE DELETE ON vault_key
WHEN NOT (
    EXISTS (
        SELECT 1 FROM vault_key k
        WHERE k.hospital = OLD.hospital AND k.key_id = OLD.key_id AND k.site_key_id <> OLD.site_key_id
    )
    OR (
        NOT EXISTS (SELECT 1 FROM patient_identifier i WHERE i.hospital = OLD.hospital AND i.key_id = OLD.key_id)
        AND EXISTS (SELECT 1 FROM vault_key k WHERE k.hospital = OLD.hospital AND k.made_at > OLD.made_at)
    )
)
BEGIN SELECT RAISE(ABORT, 'the record is immutable: vault_key'); END;
