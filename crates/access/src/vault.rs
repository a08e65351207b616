//! The vault: who a patient is, sealed so that only the patient's own hospital has it opened.
//!
//! Each hospital has a key of its own. The site's vault key, which lies in a file and not in the record, wraps
//! these keys. Everything sealed is bound to its hospital and its case, so that a row cannot be given out as
//! another's. Here is only the sealing; reading the file, keeping rows and asking who may are elsewhere.
//!
//! Source: XChaCha20-Poly1305 (RFC 8439 with a 192-bit nonce); HMAC-SHA-256 (RFC 2104).

use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use chrono::NaiveDate;
use hmac::{Hmac, Mac};
use model::{identity::CaseId, organisation::OrganisationCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{action::Action, permit::Permit};

mod ring;

pub use ring::{SITE_VAULT_KEYS_MAX, SiteVaultKeys};

/// Size of a key. Units: bytes.
pub const VAULT_KEY_BYTES: usize = 32;
/// Size of a nonce, which is random each time. Units: bytes.
pub const VAULT_NONCE_BYTES: usize = 24;
/// Characters of a key's name.
const KEY_ID_CHARS: usize = 16;

/// Who a patient is. Its `Debug` shows nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PatientIdentity {
    /// Name.
    pub name: String,
    /// Name in kana.
    pub kana: String,
    /// Day of birth.
    pub born: Option<NaiveDate>,
    /// The hospital's own number of the patient.
    pub hospital_number: String,
    /// Number of the insurance.
    pub insurance_number: String,
    /// Address.
    pub address: String,
    /// Telephone.
    pub telephone: String,
}

impl fmt::Debug for PatientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientIdentity(…)")
    }
}

impl PatientIdentity {
    /// Takes what it says out of memory.
    fn wipe(&mut self) {
        let Self { name, kana, born, hospital_number, insurance_number, address, telephone } = self;
        *born = None;
        for text in [name, kana, hospital_number, insurance_number, address, telephone] {
            text.zeroize();
        }
    }
}

/// A row as another key sealed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// The sealed document.
    pub ciphertext: Vec<u8>,
    /// Blind index of the hospital's patient number.
    pub number_index: Option<String>,
}

/// Why the vault did not seal or open something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It could not be sealed.
    #[error("could not seal in the vault")]
    Seal,
    /// Sealed with another key, for another case or hospital, or altered.
    #[error("could not open a row of the vault: another key, another case, or altered")]
    Open,
    /// What was sealed is no identity.
    #[error("could not read an opened row of the vault")]
    Read,
    /// A row is found by another number than the one in it.
    #[error("a row of the vault is found by another number than its own")]
    NumberIndex,
    /// The permit is for something else.
    #[error("the permit does not allow opening this row of the vault")]
    NotPermitted,
    /// The vault key file does not hold keys.
    #[error("could not read the vault key file")]
    KeyFile,
    /// The vault key file holds as many keys as it may.
    #[error("the vault key file holds as many keys as it may")]
    TooManyKeys,
}

/// The site's vault key. Its `Debug` does not show it, and its memory is wiped when it goes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SiteVaultKey([u8; VAULT_KEY_BYTES]);

/// A hospital's key, unwrapped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct HospitalKey {
    bytes: [u8; VAULT_KEY_BYTES],
    #[zeroize(skip)]
    id: String,
    #[zeroize(skip)]
    hospital: OrganisationCode,
}

impl fmt::Debug for SiteVaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SiteVaultKey(…)")
    }
}

impl fmt::Debug for HospitalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HospitalKey({}, …)", self.id)
    }
}

impl SiteVaultKey {
    /// Takes a key of random bytes.
    pub fn new(bytes: [u8; VAULT_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads a key. Shape: 64 hexadecimal digits.
    ///
    /// Errors: it is anything else.
    fn read(text: &str) -> Result<Self, VaultError> {
        let mut bytes = [0_u8; VAULT_KEY_BYTES];
        if text.len() != VAULT_KEY_BYTES * 2 || !text.is_ascii() {
            return Err(VaultError::KeyFile);
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| VaultError::KeyFile)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| VaultError::KeyFile)?;
        }
        Ok(Self(bytes))
    }

    /// Returns the name of the key, which tells nothing of it.
    pub fn id(&self) -> String {
        name_of("site", &self.0)
    }

    /// Makes a hospital's key of random bytes.
    pub fn hospital_key(hospital: &OrganisationCode, random: [u8; VAULT_KEY_BYTES]) -> HospitalKey {
        HospitalKey { id: name_of("hospital", &random), bytes: random, hospital: hospital.clone() }
    }

    /// Wraps a hospital's key for keeping in the record. Shape: the nonce, then the wrapped key.
    ///
    /// Errors: it cannot be sealed.
    pub fn wrap(
        &self,
        key: &HospitalKey,
        nonce: [u8; VAULT_NONCE_BYTES],
    ) -> Result<Vec<u8>, VaultError> {
        let bound = bound_to(&["tsumugi vault key", key.hospital.as_str(), &key.id]);
        let sealed = seal(&self.0, &nonce, &bound, &key.bytes)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Unwraps a hospital's key.
    ///
    /// Errors: it was wrapped by another site key, for another hospital, or altered.
    pub fn unwrap(
        &self,
        hospital: &OrganisationCode,
        key_id: &str,
        wrapped: &[u8],
    ) -> Result<HospitalKey, VaultError> {
        let (nonce, rest) = wrapped.split_at_checked(VAULT_NONCE_BYTES).ok_or(VaultError::Open)?;
        let bound = bound_to(&["tsumugi vault key", hospital.as_str(), key_id]);
        let mut opened = open(&self.0, nonce, &bound, rest)?;
        let bytes = opened.as_slice().try_into().map_err(|_| VaultError::Open);
        opened.zeroize();
        Ok(HospitalKey { bytes: bytes?, id: key_id.to_owned(), hospital: hospital.clone() })
    }
}

impl HospitalKey {
    /// Returns the name of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the hospital.
    pub fn hospital(&self) -> &OrganisationCode {
        &self.hospital
    }

    /// Seals who the patient of a case is.
    ///
    /// Errors: the permit is for something else, or it cannot be sealed.
    pub fn seal(
        &self,
        permit: &Permit,
        case: CaseId,
        nonce: [u8; VAULT_NONCE_BYTES],
        identity: &PatientIdentity,
    ) -> Result<Vec<u8>, VaultError> {
        if !permit.writes_identifier(case) {
            return Err(VaultError::NotPermitted);
        }
        let mut text = serde_json::to_vec(identity).map_err(|_| VaultError::Seal)?;
        let sealed = seal(&self.bytes, &nonce, &self.bound_to_case(case), &text);
        text.zeroize();
        sealed
    }

    /// Opens a row of a case; the permit is the proof that the rights were asked.
    ///
    /// Errors: the permit is for something else; another key or case; or altered.
    pub fn open(
        &self,
        permit: &Permit,
        case: CaseId,
        nonce: &[u8],
        ciphertext: &[u8],
    ) -> Result<PatientIdentity, VaultError> {
        if !permit.reads_identifier(case) {
            return Err(VaultError::NotPermitted);
        }
        let mut text = open(&self.bytes, nonce, &self.bound_to_case(case), ciphertext)?;
        let read = serde_json::from_slice(&text).map_err(|_| VaultError::Read);
        text.zeroize();
        read
    }

    /// Seals anew, with this key, what an older key of the hospital sealed; who the patient is leaves this call to nobody.
    ///
    /// The permit is the proof that its holder operates the site.
    ///
    /// Errors: the permit is for something else; another hospital, key or case; or altered.
    pub fn reseal(
        &self,
        permit: &Permit,
        older: &Self,
        case: CaseId,
        (old_nonce, ciphertext): (&[u8], &[u8]),
        nonce: [u8; VAULT_NONCE_BYTES],
    ) -> Result<Resealed, VaultError> {
        if permit.action() != Action::Operate || self.hospital != older.hospital {
            return Err(VaultError::NotPermitted);
        }
        let mut text = open(&older.bytes, old_nonce, &older.bound_to_case(case), ciphertext)?;
        // The very bytes are sealed again, so that nothing of what was entered can change.
        let sealed = seal(&self.bytes, &nonce, &self.bound_to_case(case), &text);
        let number_index = self.index_in(&text);
        text.zeroize();
        Ok(Resealed { ciphertext: sealed?, number_index: number_index? })
    }

    /// Makes sure that a row of a case can be opened and is found by the number in it, and gives nothing of it out.
    ///
    /// Errors: another key or case; altered; or found by another number.
    pub fn prove(
        &self,
        case: CaseId,
        (nonce, ciphertext): (&[u8], &[u8]),
        number_index: Option<&str>,
    ) -> Result<(), VaultError> {
        let mut text = open(&self.bytes, nonce, &self.bound_to_case(case), ciphertext)?;
        let index = self.index_in(&text);
        text.zeroize();
        if index?.as_deref() == number_index { Ok(()) } else { Err(VaultError::NumberIndex) }
    }

    fn index_in(&self, text: &[u8]) -> Result<Option<String>, VaultError> {
        let mut identity: PatientIdentity =
            serde_json::from_slice(text).map_err(|_| VaultError::Read)?;
        let index = self.number_index(&identity.hospital_number);
        identity.wipe();
        Ok(index)
    }

    /// Returns the blind index of a hospital's patient number: the same number gives the same index, and
    /// without the key neither leads to the other. `None` for a number that says nothing.
    pub fn number_index(&self, number: &str) -> Option<String> {
        let plain: String =
            number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
        if plain.is_empty() {
            return None;
        }
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.bytes).ok()?;
        mac.update(&bound_to(&["tsumugi patient number", self.hospital.as_str(), &plain]));
        Some(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn bound_to_case(&self, case: CaseId) -> Vec<u8> {
        let case = case.to_string();
        bound_to(&["tsumugi patient identifier", self.hospital.as_str(), &case, &self.id])
    }
}

/// Returns parts as bytes that no other parts give.
fn bound_to(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

fn name_of(kind: &str, key: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(bound_to(&["tsumugi key name", kind]));
    hasher.update(key);
    let digits: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digits.chars().take(KEY_ID_CHARS).collect()
}

fn seal(
    key: &[u8; VAULT_KEY_BYTES],
    nonce: &[u8; VAULT_NONCE_BYTES],
    bound: &[u8],
    text: &[u8],
) -> Result<Vec<u8>, VaultError> {
    XChaCha20Poly1305::new(&(*key).into())
        .encrypt(&(*nonce).into(), Payload { msg: text, aad: bound })
        .map_err(|_| VaultError::Seal)
}

fn open(
    key: &[u8; VAULT_KEY_BYTES],
    nonce: &[u8],
    bound: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; VAULT_NONCE_BYTES] = nonce.try_into().map_err(|_| VaultError::Open)?;
    XChaCha20Poly1305::new(&(*key).into())
        .decrypt(&nonce.into(), Payload { msg: sealed, aad: bound })
        .map_err(|_| VaultError::Open)
}

#[cfg(test)]
mod tests {
    use model::identity::PersonId;
    use uuid::Uuid;

    use super::*;
    use crate::{Action, Actor, Asked, Membership, Purpose, Relation, Rights, Role};

    const CASE: CaseId = CaseId(Uuid::from_u128(7));

    fn hospital(code: &str) -> OrganisationCode {
        OrganisationCode::new(code)
    }

    fn decide(role: Role, action: Action, relation: Relation, case: CaseId) -> Option<Permit> {
        let day = NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
        let membership = Membership { organisation: hospital("H1"), role, from: day, until: None };
        let actor = Actor {
            person: PersonId(Uuid::nil()),
            name: "合成".to_owned(),
            memberships: vec![membership],
            second_factor: true,
        };
        let own = hospital("H1");
        let organisation = Some(&own);
        let purpose = Purpose::Care;
        let asked = Asked { action, relation, organisation, purpose, case: Some(case) };
        Rights::ours().decide(&actor, &asked, day)
    }

    fn permit(action: Action, case: CaseId) -> Permit {
        decide(Role::Coordinator, action, Relation::OwnHospital, case).unwrap()
    }

    fn identity() -> PatientIdentity {
        PatientIdentity {
            name: "合成 太郎".to_owned(),
            kana: "ゴウセイ タロウ".to_owned(),
            born: NaiveDate::from_ymd_opt(1960, 1, 2),
            hospital_number: "000-123".to_owned(),
            ..PatientIdentity::default()
        }
    }

    #[test]
    fn only_the_hospitals_key_and_the_right_case_open_a_row() {
        let key = SiteVaultKey::hospital_key(&hospital("H1"), [1; 32]);
        let (write, read) =
            (permit(Action::WriteIdentifier, CASE), permit(Action::ReadIdentifier, CASE));
        let sealed = key.seal(&write, CASE, [9; 24], &identity()).unwrap();
        assert!(!sealed.windows(6).any(|part| part == "合成".as_bytes()));
        assert_eq!(key.open(&read, CASE, &[9; 24], &sealed).unwrap(), identity());
        let other = CaseId(Uuid::from_u128(8));
        let read_other = permit(Action::ReadIdentifier, other);
        assert_eq!(key.open(&read_other, other, &[9; 24], &sealed), Err(VaultError::Open));
        let stranger = SiteVaultKey::hospital_key(&hospital("H2"), [1; 32]);
        assert_eq!(stranger.open(&read, CASE, &[9; 24], &sealed), Err(VaultError::Open));
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert_eq!(key.open(&read, CASE, &[9; 24], &altered), Err(VaultError::Open));
        }
        assert_eq!(key.open(&read, CASE, &[9; 5], &sealed), Err(VaultError::Open));
    }

    #[test]
    fn a_permit_for_something_else_opens_nothing() {
        let key = SiteVaultKey::hospital_key(&hospital("H1"), [1; 32]);
        let write = permit(Action::WriteIdentifier, CASE);
        let sealed = key.seal(&write, CASE, [9; 24], &identity()).unwrap();
        let read_case = permit(Action::ReadCase, CASE);
        let elsewhere = permit(Action::ReadIdentifier, CaseId(Uuid::from_u128(8)));
        for wrong in [write, read_case, elsewhere] {
            let opened = key.open(&wrong, CASE, &[9; 24], &sealed);
            assert_eq!(opened, Err(VaultError::NotPermitted));
        }
    }

    /// The rights' table gives nobody but three roles of the own hospital who a patient is.
    #[test]
    fn no_role_beyond_the_own_hospital_reads_who_a_patient_is() {
        let may = [Role::Physician, Role::Coordinator, Role::GeneticCounsellor];
        for role in Role::ALL {
            for relation in Relation::ALL {
                let allowed = decide(*role, Action::ReadIdentifier, *relation, CASE).is_some();
                let expected = *relation == Relation::OwnHospital && may.contains(role);
                assert_eq!(allowed, expected, "{role:?} {relation:?}");
                let writes = decide(*role, Action::WriteIdentifier, *relation, CASE).is_some();
                assert!(!writes || expected, "{role:?} {relation:?} writes what it may not read");
            }
        }
    }

    #[test]
    fn keys_are_wrapped_by_the_site_key_and_rotated() {
        let (old, new) = (SiteVaultKey::new([1; 32]), SiteVaultKey::new([2; 32]));
        assert_ne!(old.id(), new.id());
        let h1 = hospital("H1");
        let key = SiteVaultKey::hospital_key(&h1, [3; 32]);
        let wrapped = old.wrap(&key, [4; 24]).unwrap();
        let again = old.unwrap(&h1, key.id(), &wrapped).unwrap();
        assert_eq!(again.bytes, key.bytes);
        assert!(new.unwrap(&h1, key.id(), &wrapped).is_err());
        assert!(old.unwrap(&hospital("H2"), key.id(), &wrapped).is_err());
        assert!(old.unwrap(&h1, "another", &wrapped).is_err());
        // Another site key wraps the same hospital key; rows stay as they are.
        let rewrapped = new.wrap(&again, [5; 24]).unwrap();
        assert_eq!(new.unwrap(&h1, key.id(), &rewrapped).unwrap().bytes, key.bytes);
        assert!(old.unwrap(&h1, key.id(), b"short").is_err());
    }

    #[test]
    fn a_number_is_found_as_it_is_written_and_by_its_own_hospital_only() {
        let key = SiteVaultKey::hospital_key(&hospital("H1"), [1; 32]);
        assert_eq!(key.number_index("000-123"), key.number_index(" 000123 "));
        assert_ne!(key.number_index("000-123"), key.number_index("000-124"));
        let other = SiteVaultKey::hospital_key(&hospital("H2"), [1; 32]);
        assert_ne!(key.number_index("1"), other.number_index("1"));
        assert_eq!(key.number_index(" - "), None);
    }

    fn operator() -> Permit {
        let day = NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
        let role = Role::SiteAdministrator;
        let membership =
            Membership { organisation: hospital("SITE"), role, from: day, until: None };
        let actor = Actor {
            person: PersonId(Uuid::nil()),
            name: "合成".to_owned(),
            memberships: vec![membership],
            second_factor: false,
        };
        let asked = Asked {
            action: Action::Operate,
            relation: Relation::Programme,
            organisation: None,
            purpose: Purpose::Administration,
            case: None,
        };
        Rights::ours().decide(&actor, &asked, day).unwrap()
    }

    #[test]
    fn a_row_sealed_anew_says_the_same_and_needs_the_old_key_no_more() {
        let h1 = hospital("H1");
        let (old, new) =
            (SiteVaultKey::hospital_key(&h1, [1; 32]), SiteVaultKey::hospital_key(&h1, [2; 32]));
        let (write, read) =
            (permit(Action::WriteIdentifier, CASE), permit(Action::ReadIdentifier, CASE));
        let sealed = old.seal(&write, CASE, [9; 24], &identity()).unwrap();
        let row = (&[9; 24][..], &sealed[..]);
        let resealed = new.reseal(&operator(), &old, CASE, row, [8; 24]).unwrap();
        assert_eq!(resealed.ciphertext.len(), sealed.len());
        assert_eq!(resealed.number_index, new.number_index("000123"));
        assert_eq!(new.open(&read, CASE, &[8; 24], &resealed.ciphertext).unwrap(), identity());
        let shut = old.open(&read, CASE, &[8; 24], &resealed.ciphertext);
        assert_eq!(shut, Err(VaultError::Open));
        let index = resealed.number_index.as_deref();
        let row_now = (&[8; 24][..], &resealed.ciphertext[..]);
        assert_eq!(new.prove(CASE, row_now, index), Ok(()));
        assert_eq!(new.prove(CASE, row_now, None), Err(VaultError::NumberIndex));
        assert_eq!(old.prove(CASE, row_now, index), Err(VaultError::Open));
        // Nobody's reading or writing is enough, and no other hospital's key takes it over.
        for wrong in [read, write] {
            let refused = new.reseal(&wrong, &old, CASE, row, [8; 24]);
            assert_eq!(refused, Err(VaultError::NotPermitted));
        }
        let stranger = SiteVaultKey::hospital_key(&hospital("H2"), [2; 32]);
        let refused = stranger.reseal(&operator(), &old, CASE, row, [8; 24]);
        assert_eq!(refused, Err(VaultError::NotPermitted));
        let other = new.reseal(&operator(), &old, CaseId(Uuid::nil()), row, [8; 24]);
        assert_eq!(other, Err(VaultError::Open));
    }

    #[test]
    fn nothing_secret_is_shown() {
        let key = SiteVaultKey::hospital_key(&hospital("H1"), [0xab; 32]);
        let shown = format!("{:?} {:?} {:?}", identity(), SiteVaultKey::new([0xab; 32]), key);
        assert!(!shown.contains("合成") && !shown.contains("171") && !shown.contains("abab"));
    }
}
