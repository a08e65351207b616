//! What was read for searches is kept for the next start, and never shows what may not be seen any more.

use std::{path::Path, sync::Arc};

use knowledge::Release;
use model::{consent::Answer, organisation::OrganisationCode, programme::Prefecture};
use server::{AppState, Door};
use tokio::net::TcpListener;

use crate::{
    fixture::{HOSPITAL, Service, case, cats, noon},
    search::{agreed, answer_all, count},
};

/// Begins anew over the same record and data folder, as a program that was started again.
pub(crate) fn started_again(service: Service, data: &Path) -> Service {
    service.with(|state| {
        let store = state.store.clone();
        let begun = AppState::new(store, Release::starter(), Arc::new(noon), "0.0.0-test");
        *state = begun.with_data_folder(data);
        Arc::make_mut(&mut state.site).metrics_beside_pages = true;
    })
}

/// Serves, and stops at once; what was read is kept then.
async fn stopped(service: &Service) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    server::serve(service.state.clone(), Door::plain(listener), async {}).await.unwrap();
}

/// Returns how many cases were read from the record since the start.
async fn read(service: &Service) -> u64 {
    let text = service.get("/metrics").await.text().to_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("tsumugi_search_cases_read "));
    line.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
}

#[tokio::test]
async fn a_server_that_starts_again_reads_only_what_changed() {
    let data = tempfile::tempdir().unwrap();
    let service = started_again(agreed().await, data.path());
    assert_eq!(count(&service, "").await, 2);
    let all = read(&service).await;
    assert!(all > 2, "{all}");
    stopped(&service).await;

    let service = started_again(service, data.path());
    assert_eq!((count(&service, "").await, read(&service).await), (2, 0));
    assert_eq!(count(&service, "gene%3DEGFR").await, 1);

    // While the server is away one patient withdraws, and another case comes.
    answer_all(&service, "TS-0001", Answer::No, 1).await;
    service
        .receive(case("TS-0009", Some("COAD")), "later.cats", &cats("T-9", "BRAF", "V600E"))
        .await;
    answer_all(&service, "TS-0009", Answer::Yes, 2).await;
    let service = started_again(service, data.path());
    assert_eq!(count(&service, "").await, 2);
    assert_eq!(
        (count(&service, "gene%3DEGFR").await, count(&service, "gene%3DBRAF").await),
        (0, 1)
    );
    assert_eq!(read(&service).await, 2);
}

#[tokio::test]
async fn a_file_that_does_not_fit_is_not_used() {
    let data = tempfile::tempdir().unwrap();
    let service = started_again(agreed().await, data.path());
    assert_eq!(count(&service, "").await, 2);
    let all = read(&service).await;
    stopped(&service).await;
    let path = data.path().join("search/registered.cohort");
    let kept = std::fs::read(&path).unwrap();
    let head = kept.iter().position(|byte| *byte == b'\n').unwrap();

    let mut damaged = vec![Vec::new(), b"{}\n".to_vec(), kept[..head].to_vec()];
    let of_head = (0..=head).step_by(61).chain([head - 1, head]);
    let of_rest = (head + 1..kept.len()).step_by(397).chain([kept.len() - 1]);
    for at in of_head.chain(of_rest) {
        let mut bytes = kept.clone();
        bytes[at] ^= 1;
        damaged.push(bytes);
        damaged.push(kept[..at].to_vec());
    }
    // Of another program, of another release of knowledge, and of a state of the record that never was.
    for (mine, other) in
        [("0.0.0-test", "0.0.1-test"), ("sha256:", "sha256:0"), ("leaf\":\"", "leaf\":\"0")]
    {
        let line = std::str::from_utf8(&kept[..head]).unwrap();
        assert!(line.contains(mine), "{line}");
        let (json, _) = line.rsplit_once('\t').unwrap();
        let json = json.replacen(mine, other, 1);
        let checksum = crc32fast::hash(json.as_bytes());
        let mut bytes = format!("{json}\t{checksum:08x}").into_bytes();
        bytes.extend_from_slice(&kept[head..]);
        damaged.push(bytes);
    }
    let mut service = service;
    for (number, bytes) in damaged.into_iter().enumerate() {
        std::fs::write(&path, &bytes).unwrap();
        service = started_again(service, data.path());
        let now = (count(&service, "").await, read(&service).await);
        assert_eq!(now, (2, all), "damage {number}");
    }
    // Another record, even with as many changes.
    std::fs::write(&path, &kept).unwrap();
    let other = started_again(Service::filled().await, data.path());
    assert_eq!(count(&other, "").await, 0, "nobody there has agreed");
}

#[tokio::test]
async fn a_hospital_that_moves_takes_its_cases_along() {
    let data = tempfile::tempdir().unwrap();
    let service = started_again(agreed().await, data.path());
    let code = |number: u8| Prefecture::of_number(number).unwrap();
    let moved = async |to: Prefecture| {
        let store = &service.state.store;
        let mut registry = store.registry().await.unwrap();
        let mut hospital = registry.hospitals[&OrganisationCode::new("SYN-C001")].clone();
        hospital.code = OrganisationCode::new(HOSPITAL);
        hospital.prefecture = Some(to);
        registry.hospitals.insert(hospital.code.clone(), hospital);
        let mut batch = store.begin().await.unwrap();
        batch.record_registry(&registry, None, noon()).await.unwrap();
        batch.commit().await.unwrap();
    };
    let of = async |service: &Service, number: u8| {
        count(service, &format!("prefecture%3D{number:02}")).await
    };
    moved(code(1)).await;
    let all = of(&service, 1).await;
    assert!(all > 0);
    moved(code(47)).await;
    assert_eq!((of(&service, 1).await, of(&service, 47).await), (0, all), "while it runs");
    stopped(&service).await;
    moved(code(13)).await;
    let service = started_again(service, data.path());
    assert_eq!((of(&service, 47).await, of(&service, 13).await), (0, all), "while it was away");
    assert_eq!(read(&service).await, all);
}
