//! Gives the synthetic cases their test orders, some cases that still wait for a result, and invented names.

use access::{
    Action, Actor, Asked, Membership, Purpose, Relation, Rights, Role,
    vault::{PatientIdentity, SiteVaultKey, SiteVaultKeys},
};
use care::{
    intake::Received,
    order::{local_day, place_order, record_event},
};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use model::{
    case::PatientCase,
    identity::{CaseId, PersonId, ReportId, ResultId},
    order::{EventAuthor, OrderEvent, OrderEventKind, OrderedSpecimen, ProductRules, TestOrder},
    organisation::OrganisationCode,
    registration::RegistrationFormat,
};
use store::{Batch, RecordError, SealedIdentifier, Store, WrappedKey, digest_of, identifier_v7};
use uuid::Uuid;

use super::fill::entry;

/// One waiting case for so many cases with a result.
const WAITING_ONE_OF: u64 = 25;
/// Most waiting cases.
const WAITING_MAX: u64 = 400;
/// The waiting cases consented within so many days. Units: days.
const WAITING_DAYS: u64 = 58;
/// One case of so many has an invented name.
const NAMED_ONE_OF: u64 = 10;

/// How many cases wait for a result in a nation of so many.
fn waiting_cases(cases: u64) -> u64 {
    if cases < 100 { 0 } else { (cases / WAITING_ONE_OF).min(WAITING_MAX) }
}

/// What a result left behind.
#[derive(Clone, Copy, Default)]
struct Came {
    result: Option<ResultId>,
    report: Option<ReportId>,
}

/// Records the orders of a batch of cases that were received, and seals invented names for some.
pub(super) async fn add(
    state: &server::AppState,
    seed: u64,
    numbered: &[(u64, PatientCase)],
    came: &[(Vec<Received>, DateTime<Utc>)],
) -> Result<(), RecordError> {
    let now = (state.clock)();
    let mut batch = state.store.begin().await?;
    let mut named = Vec::new();
    for ((index, case), (received, received_at)) in numbered.iter().zip(came) {
        order_of(&mut batch, seed, *index, case, received, *received_at, now).await?;
        let id = received.iter().find_map(|one| one.case);
        if let (Some(id), Some(hospital)) = (id, case.hospital.as_deref()) {
            named.push((*index, id, OrganisationCode::new(hospital)));
        }
    }
    batch.commit().await?;
    match &state.vault_key {
        Some(file) => name_cases(&state.store, &file.keys(), &named, now).await,
        None => Ok(()),
    }
}

/// Counts the waiting cases that are there.
pub(super) async fn waiting_there(store: &Store, seed: u64) -> Result<u64, RecordError> {
    let format = RegistrationFormat::default();
    let all = usize::try_from(WAITING_MAX).unwrap_or(0);
    for (index, synthetic) in (0..).zip(synthetic::nation(seed.wrapping_add(1_000), all)) {
        let hospital = synthetic.case.hospital.unwrap_or_default();
        let reference = waiting_reference(&format, &hospital, index);
        if store.case_by_reference(&reference).await?.is_none() {
            return Ok(index);
        }
    }
    Ok(WAITING_MAX)
}

/// Records the order of a case that was received, as it seems to have gone.
async fn order_of(
    batch: &mut Batch,
    seed: u64,
    index: u64,
    case: &PatientCase,
    received: &[Received],
    received_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), RecordError> {
    let Some(id) = received.iter().find_map(|one| one.case) else { return Ok(()) };
    let accepted = received.iter().find(|one| one.accepted);
    let came = accepted
        .map_or_else(Came::default, |one| Came { result: Some(one.result), report: one.report });
    let result_on = came.result.map(|_| local_day(received_at));
    record(batch, seed, index, id, case, came, result_on, now).await
}

#[expect(clippy::too_many_arguments, reason = "what an invented order is drawn from")]
async fn record(
    batch: &mut Batch,
    seed: u64,
    index: u64,
    id: CaseId,
    case: &PatientCase,
    came: Came,
    result_on: Option<chrono::NaiveDate>,
    now: DateTime<Utc>,
) -> Result<(), RecordError> {
    let today = local_day(now);
    let Some(drawn) = synthetic::order(seed, index, case, result_on, today) else { return Ok(()) };
    if !batch.orders_of_case(id).await?.is_empty() {
        return Ok(());
    }
    let hospital = OrganisationCode::new(case.hospital.as_deref().unwrap_or("SYN-C001"));
    let order = TestOrder {
        case: id,
        ordinal: 1,
        hospital: hospital.clone(),
        laboratory: OrganisationCode::new(drawn.laboratory),
        product: drawn.product.to_owned(),
        specimens: vec![OrderedSpecimen {
            material: drawn.material,
            site: case.specimen_site.clone(),
            collected: case.specimen_collected,
            tumour_content_percent: case.tumour_content_percent,
        }],
        physician: "合成 主治医".to_owned(),
        ordered_on: drawn.ordered_on,
        consented_on: Some(drawn.consented_on),
        rule: ProductRules::ours().of(drawn.product, drawn.ordered_on),
    };
    let mut placed = None;
    for step in drawn.steps {
        let by_laboratory = step.kind.is_of_laboratory();
        let organisation =
            if by_laboratory { OrganisationCode::new(drawn.laboratory) } else { hospital.clone() };
        let by = EventAuthor {
            person: None,
            name: if by_laboratory { "合成 検査担当" } else { "合成 担当者" }.to_owned(),
            organisation: Some(organisation),
        };
        let automatic =
            matches!(step.kind, OrderEventKind::ResultReceived | OrderEventKind::ReportMade);
        let by = if automatic { EventAuthor::default() } else { by };
        let recorded_at = step.on.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(6);
        let mut event = OrderEvent::new(step.kind, step.on, by, recorded_at.min(now));
        event.failure = step.failure;
        event.cancel = step.cancel;
        match step.kind {
            OrderEventKind::ResultReceived => event.result = came.result,
            OrderEventKind::ReportMade if came.report.is_none() => break,
            OrderEventKind::ReportMade => event.report = came.report,
            _ => {}
        }
        let recorded = match placed {
            None => place_order(batch, order.clone(), event).await,
            Some(order) => record_event(batch, order, &event, None).await,
        };
        match recorded {
            Ok(stored) => {
                if placed.is_none() {
                    let entry = entry(now, Action::OrderTest).on_case(id, Some(hospital.clone()));
                    batch.append_audit(&entry.about("order", stored.id)).await?;
                }
                placed = Some(stored.id);
            }
            Err(care::order::RecordOrderError::Record(error)) => return Err(error),
            // An invented step that cannot follow is left out, and the way ends there.
            Err(_) => break,
        }
    }
    Ok(())
}

/// Adds cases that have consented of late and wait for their result.
pub(super) async fn add_waiting(
    store: &Store,
    seed: u64,
    cases: u64,
    now: DateTime<Utc>,
) -> Result<(), RecordError> {
    let format = RegistrationFormat::default();
    let today = local_day(now);
    let waiting = waiting_cases(cases);
    let drawn = synthetic::nation(seed.wrapping_add(1_000), usize::try_from(waiting).unwrap_or(0));
    let mut batch = store.begin().await?;
    for (index, synthetic) in (0..waiting).zip(drawn) {
        let before = Days::new(index * WAITING_DAYS / waiting.max(1));
        let hospital = synthetic.case.hospital.clone().unwrap_or_default();
        let reference = waiting_reference(&format, &hospital, index);
        if batch.case_of_reference(&reference).await?.is_some() {
            continue;
        }
        let case = PatientCase {
            reference,
            registered: today.checked_sub_days(before),
            specimen_collected: None,
            ..synthetic.case
        };
        let new = store::NewCase {
            id: CaseId(identifier_v7(now, &["case", &case.reference])),
            document: case.clone(),
            revises: false,
        };
        let registered = batch.register_case(&new, now).await?;
        batch.refresh_cases(&[registered.case]).await?;
        let entry = entry(now, Action::RegisterCase)
            .on_case(registered.case, Some(OrganisationCode::new(&hospital)));
        batch.append_audit(&entry.about("case", registered.case)).await?;
        let number = (1 << 32) + index;
        record(&mut batch, seed, number, registered.case, &case, Came::default(), None, now)
            .await?;
    }
    batch.commit().await
}

fn waiting_reference(format: &RegistrationFormat, hospital: &str, index: u64) -> String {
    let digits = digest_of(format!("waiting {index}").as_bytes()).0;
    let mut random = [0_u8; 32];
    for (byte, digit) in random.iter_mut().zip(digits.bytes()) {
        *byte = digit.wrapping_mul(7);
    }
    format.number(&OrganisationCode::new(hospital), &random)
}

/// Seals invented names for some of the cases of a hospital.
async fn name_cases(
    store: &Store,
    site: &SiteVaultKeys,
    cases: &[(u64, CaseId, OrganisationCode)],
    now: DateTime<Utc>,
) -> Result<(), RecordError> {
    let mut batch = store.begin().await?;
    for (index, case, hospital) in cases.iter().filter(|(index, ..)| index % NAMED_ONE_OF == 0) {
        let known = care::vault::hospital_keys(store, site, hospital).await.ok();
        let known = known.and_then(|keys| keys.newest_open().cloned());
        let is_first = known.is_none();
        let key = known.unwrap_or_else(|| {
            SiteVaultKey::hospital_key(hospital, random(site, &["key", hospital.as_str()]))
        });
        if is_first {
            let nonce = nonce(site, &["wrap", hospital.as_str()]);
            let Ok(wrapped) = site.newest().wrap(&key, nonce) else { continue };
            batch
                .insert_vault_key(&WrappedKey {
                    hospital: hospital.clone(),
                    key_id: key.id().to_owned(),
                    site_key_id: site.newest().id(),
                    wrapped,
                    made_at: now,
                })
                .await?;
        }
        let (name, kana) = synthetic::invented_name(*index);
        let identity = PatientIdentity {
            name,
            kana,
            hospital_number: format!("SYN-{index:07}"),
            address: "合成県架空市見本町 1-2-3".to_owned(),
            ..PatientIdentity::default()
        };
        let Some(permit) = permit(hospital, *case, now) else { continue };
        let nonce = self::nonce(site, &["row", &case.to_string()]);
        let Ok(ciphertext) = key.seal(&permit, *case, nonce, &identity) else { continue };
        let sealed = SealedIdentifier {
            id: identifier_v7(now, &["identifier", &case.to_string()]),
            case: *case,
            hospital: hospital.clone(),
            key_id: key.id().to_owned(),
            nonce: nonce.to_vec(),
            ciphertext,
            number_index: key.number_index(&identity.hospital_number),
            recorded_by: None,
            recorded_at: now,
        };
        if batch.insert_identifier(&sealed).await? {
            let entry = entry(now, Action::WriteIdentifier).on_case(*case, Some(hospital.clone()));
            batch.append_audit(&entry.about("identifier", case)).await?;
        }
    }
    batch.commit().await
}

/// Bytes that follow from the site's own key, which is random, and are used for one thing each.
fn random(site: &SiteVaultKeys, parts: &[&str]) -> [u8; 32] {
    let digits = digest_of(format!("{}{parts:?}", site.file_text().as_str()).as_bytes()).0;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).unwrap_or("00");
        *byte = u8::from_str_radix(pair, 16).unwrap_or(0);
    }
    bytes
}

fn nonce(site: &SiteVaultKeys, parts: &[&str]) -> [u8; 24] {
    let mut nonce = [0; 24];
    nonce.copy_from_slice(&random(site, parts)[..24]);
    nonce
}

/// The invented coordinator of the hospital may record who its invented patients are.
fn permit(hospital: &OrganisationCode, case: CaseId, now: DateTime<Utc>) -> Option<access::Permit> {
    let day = local_day(now);
    let membership = Membership {
        organisation: hospital.clone(),
        role: Role::Coordinator,
        from: day,
        until: None,
    };
    let actor = Actor {
        person: PersonId(Uuid::nil()),
        name: "合成 コーディネーター".to_owned(),
        memberships: vec![membership],
        second_factor: false,
    };
    let asked = Asked {
        action: Action::WriteIdentifier,
        relation: Relation::OwnHospital,
        organisation: Some(hospital),
        purpose: Purpose::Registration,
        case: Some(case),
    };
    Rights::ours().decide(&actor, &asked, day)
}
