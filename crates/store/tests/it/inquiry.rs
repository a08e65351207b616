//! Inquiries on both engines.

use model::{
    identity::{CaseId, InquiryId, PersonId},
    inquiry::{Inquiry, InquiryStep, InquiryTopic, InquiryWay, due_on},
    text::Language,
};
use store::{NewInquiryEvent, RecordError, identifier_v7};
use uuid::Uuid;

use crate::fixture::{Record, moment, on_both_engines, record_many};

on_both_engines!(an_inquiry_keeps_everything_done_about_it);

/// An invented inquiry.
pub(crate) fn inquiry(number: i64, case: Option<CaseId>) -> Inquiry {
    Inquiry {
        id: InquiryId(identifier_v7(moment(number), &["inquiry"])),
        case,
        way: InquiryWay::Telephone,
        topic: InquiryTopic::WhoUsed,
        question: "だれが私のデータを見ましたか。".to_owned(),
        language: Language::Ja,
        opened_at: moment(number),
        due_on: due_on(moment(number)),
    }
}

/// Something done about it.
pub(crate) fn step(inquiry: &Inquiry, step: InquiryStep, text: &str) -> NewInquiryEvent {
    NewInquiryEvent {
        inquiry: inquiry.id,
        step,
        text: text.to_owned(),
        person: PersonId(Uuid::nil()),
        person_name: "窓口".to_owned(),
        at: moment(10),
    }
}

async fn an_inquiry_keeps_everything_done_about_it(record: Record) {
    let store = &record.store;
    record_many(store, 1).await;
    let case = store.case_by_reference("CASE-00000").await.unwrap().unwrap().case;
    let (first, second) = (inquiry(1, Some(case)), inquiry(2, None));
    let mut batch = store.begin().await.unwrap();
    assert!(batch.open_inquiry(&first).await.unwrap());
    assert!(!batch.open_inquiry(&first).await.unwrap());
    batch.open_inquiry(&second).await.unwrap();
    batch.add_inquiry_event(&step(&first, InquiryStep::Assigned, "担当します")).await.unwrap();
    batch.add_inquiry_event(&step(&first, InquiryStep::Answered, "お答えします")).await.unwrap();
    let refused =
        batch.add_inquiry_event(&step(&first, InquiryStep::Noted, "a\u{0}")).await.unwrap_err();
    assert!(matches!(refused, RecordError::Refused { .. }));
    batch.commit().await.unwrap();
    let all = store.inquiries().await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].inquiry.clone(), all[0].events.len()), (second, 0));
    assert_eq!(all[1].events.iter().map(|event| event.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(store.inquiry(first.id).await.unwrap().as_ref(), Some(&all[1]));
    assert_eq!(store.inquiries_of_case(case).await.unwrap(), [all[1].clone()]);
    assert_eq!(store.check().await.unwrap().findings, []);
}
