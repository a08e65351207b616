//! Invented consents and the demonstration's own documents.
//!
//! The share of consent to secondary use follows the programme's figure of 99.6 %; every other frequency is
//! invented.

use chrono::{DateTime, Days, NaiveDate, Utc};
use model::{
    consent::{
        Answer, Answers, ConsentDocument, ConsentKind, ConsentPurpose, ConsentWay, DocumentVersion,
        FindingsRecipient,
    },
    text::LocalizedText,
};

use crate::draw::Draw;

/// Keeps the draws of consent apart from those of the case, so that neither shifts the other.
const STREAM: u64 = 0x636f_6e73;

/// An act of an invented patient's will.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntheticConsent {
    /// What it does.
    pub kind: ConsentKind,
    /// What was answered.
    pub answers: Answers,
    /// To whom secondary findings are told.
    pub recipient: Option<FindingsRecipient>,
    /// How it was said.
    pub way: ConsentWay,
    /// When.
    pub signed_on: NaiveDate,
}

/// Returns the acts of will of the case with a number (from 0), in the order of time.
pub fn consents(seed: u64, index: u64, registered: NaiveDate) -> Vec<SyntheticConsent> {
    let mut draw = Draw::new(seed ^ STREAM, index);
    let mut acts = vec![given(&mut draw, registered)];
    if draw.happens(12) {
        acts.push(change(&mut draw, registered));
    }
    if draw.happens(5) {
        acts.push(withdrawal(&mut draw, registered));
    }
    acts
}

fn given(draw: &mut Draw, signed_on: NaiveDate) -> SyntheticConsent {
    use ConsentPurpose as P;
    let yes = |draw: &mut Draw, per_mille| {
        if draw.happens(per_mille) { Answer::Yes } else { Answer::No }
    };
    let registration = yes(draw, 999);
    let academic = yes(draw, 996);
    let company = if academic == Answer::Yes { yes(draw, 996) } else { Answer::No };
    let findings = [(Answer::Yes, 86), (Answer::Later, 8), (Answer::No, 6)];
    let findings = draw.weighted(&findings, |each| each.1).map_or(Answer::Later, |each| each.0);
    let storage = yes(draw, 985);
    let distribution = if storage == Answer::Yes { yes(draw, 990) } else { Answer::No };
    let answers = Answers::default()
        .with(P::Registration, registration)
        .with(P::AcademicUse, academic)
        .with(P::CompanyUse, company)
        .with(P::AbroadUse, yes(draw, 965))
        .with(P::Recontact, yes(draw, 930))
        .with(P::SecondaryFindings, findings)
        .with(P::SpecimenStorage, storage)
        .with(P::SpecimenDistribution, distribution);
    let recipients = [
        (FindingsRecipient::Patient, 55),
        (FindingsRecipient::PatientAndFamily, 35),
        (FindingsRecipient::FamilyInstead, 10),
    ];
    let recipient = draw.weighted(&recipients, |each| each.1).map(|each| each.0);
    SyntheticConsent {
        kind: ConsentKind::Given,
        answers,
        recipient: recipient.filter(|_| findings == Answer::Yes),
        way: if draw.happens(150) { ConsentWay::Electronic } else { ConsentWay::Paper },
        signed_on,
    }
}

fn change(draw: &mut Draw, registered: NaiveDate) -> SyntheticConsent {
    use ConsentPurpose as P;
    let changes = [
        (P::SecondaryFindings, Answer::Yes, 50),
        (P::AbroadUse, Answer::No, 20),
        (P::Recontact, Answer::No, 20),
        (P::CompanyUse, Answer::No, 10),
    ];
    let (purpose, answer) = draw
        .weighted(&changes, |each| each.2)
        .map_or((P::SecondaryFindings, Answer::Yes), |each| (each.0, each.1));
    SyntheticConsent {
        kind: ConsentKind::Changed,
        answers: Answers::default().with(purpose, answer),
        recipient: None,
        way: ConsentWay::Electronic,
        signed_on: later(draw, registered),
    }
}

fn withdrawal(draw: &mut Draw, registered: NaiveDate) -> SyntheticConsent {
    let everything = draw.happens(400);
    let secondary = ConsentPurpose::ALL.iter().filter(|purpose| purpose.is_secondary_use());
    let some = secondary.fold(Answers::default(), |answers, p| answers.with(*p, Answer::No));
    SyntheticConsent {
        kind: ConsentKind::Withdrawn,
        answers: if everything { Answers::all(Answer::No) } else { some },
        recipient: None,
        way: if draw.happens(500) { ConsentWay::Telephone } else { ConsentWay::Electronic },
        signed_on: later(draw, registered),
    }
}

fn later(draw: &mut Draw, registered: NaiveDate) -> NaiveDate {
    registered.checked_add_days(Days::new(draw.between(20, 400))).unwrap_or(registered)
}

/// Code of the demonstration's document.
const CODE: &str = "demo-panel-test";

/// Returns which version the demonstration uses on a day.
pub fn document_on(day: NaiveDate) -> DocumentVersion {
    let version = if Some(day) < SECOND_FROM { "1.0" } else { "2.0" };
    DocumentVersion { code: CODE.to_owned(), version: version.to_owned() }
}

const FIRST_FROM: Option<NaiveDate> = NaiveDate::from_ymd_opt(2024, 1, 1);
const SECOND_FROM: Option<NaiveDate> = NaiveDate::from_ymd_opt(2025, 10, 1);

/// Returns the demonstration's documents: written here, in plain words, and no legal texts.
pub fn consent_documents() -> Vec<ConsentDocument> {
    let first = "# この文書について\n\n\
        がん遺伝子パネル検査を受ける方に、データの使われ方をお伝えし、お考えを伺うためのものです。\n\n\
        # お約束\n\n\
        どの答えを選んでも、検査と治療、調査結果の報告は変わりません。答えはいつでも変えられ、やめることもできます。\n\n\
        データからは氏名などを取り除きます。だれがいつ何のために見たかは記録され、ご本人が確かめられます。\n\n\
        # やめたあと\n\n\
        その時点から先の利用は止まります。すでに行われた閲覧や、渡された報告書は取り戻せません。";
    let first_en = "# About this document\n\n\
        It tells people who have a cancer gene panel test how their data may be used, and asks for their will.\n\n\
        # What we promise\n\n\
        Whatever you answer, your test, your treatment and the findings report do not change. You can change your answers, or withdraw, at any time.\n\n\
        Names and the like are removed from the data. Who looked, when and for what is written down, and you can see it.\n\n\
        # After a withdrawal\n\n\
        Use ends from that moment on. What was read before, and reports that were handed out, cannot be taken back.";
    let added = "\n\n# 外国での利用と検体\n\n\
        外国での利用、検体の保管と提供を、それぞれ別にお尋ねします。";
    let added_en = "\n\n# Use abroad, and specimens\n\n\
        Use abroad, keeping specimens and passing them on are each asked for on their own.";
    let title = LocalizedText::of(
        "がん遺伝子パネル検査のデータ利用についての説明と同意(デモ用)",
        "Information and consent on the use of data of a cancer gene panel test (demonstration)",
    );
    let document =
        |version: &str, from: Option<NaiveDate>, ja: String, en: String| ConsentDocument {
            version: DocumentVersion { code: CODE.to_owned(), version: version.to_owned() },
            title: title.clone(),
            body: LocalizedText::new(ja, en),
            purposes: ConsentPurpose::ALL.to_vec(),
            effective_from: from.unwrap_or_default(),
            demonstration: true,
            recorded_at: from.map_or(DateTime::<Utc>::UNIX_EPOCH, |day| {
                day.and_time(chrono::NaiveTime::MIN).and_utc()
            }),
        };
    vec![
        document("1.0", FIRST_FROM, first.to_owned(), first_en.to_owned()),
        document("2.0", SECOND_FROM, [first, added].concat(), [first_en, added_en].concat()),
    ]
}

#[cfg(test)]
mod tests {
    use model::consent::DataUse;

    use super::*;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 4, 1).unwrap()
    }

    #[test]
    fn about_996_in_1000_allow_secondary_use() {
        let given = (0..20_000).map(|index| consents(1, index, day()).remove(0));
        let yes = given.filter(|each| each.answers.is_yes(ConsentPurpose::AcademicUse)).count();
        assert!((19_880..=19_960).contains(&yes), "{yes} of 20000");
    }

    #[test]
    fn some_refuse_change_and_withdraw() {
        let all: Vec<_> = (0..5_000).flat_map(|index| consents(1, index, day())).collect();
        let of = |kind| all.iter().filter(|each| each.kind == kind).count();
        assert!(of(ConsentKind::Changed) > 20 && of(ConsentKind::Withdrawn) > 10);
        assert!(
            all.iter()
                .any(|each| each.answers.get(ConsentPurpose::SecondaryFindings)
                    == Some(Answer::Later))
        );
        assert!(all.iter().any(|each| !DataUse::Registration.is_allowed_by(&each.answers)));
        assert!(all.iter().all(|each| each.signed_on >= day()));
    }

    #[test]
    fn the_documents_can_be_recorded_and_say_that_they_are_demonstrations() {
        for document in consent_documents() {
            assert_eq!(document.check(), Ok(()));
            assert!(document.demonstration && document.title.ja.contains("デモ用"));
            assert_eq!(document_on(document.effective_from), document.version);
        }
    }
}
