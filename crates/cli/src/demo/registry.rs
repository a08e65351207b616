//! Fills the demo's registry: the synthetic nation, and the panels of the example tables.

use access::Action;
use anyhow::Context;
use chrono::{DateTime, Utc};
use ingest::programme_csv::{self, Merging};
use store::Store;

use super::fill::entry;

/// Panels that are publicly known, as an example to read in.
const PANELS: &[u8] = include_bytes!("../../../../examples/programme/panels/panels.csv");

/// Records the registry where there is none yet; what a person has changed since stays.
pub(super) async fn fill(store: &Store, now: DateTime<Utc>) -> anyhow::Result<()> {
    if store.registry_version().await? > 0 {
        return Ok(());
    }
    let mut merging = Merging::onto(synthetic::registry());
    let panels = programme_csv::read(PANELS).value.context("read the table of panels")?;
    merging.merge(&panels);
    let mut batch = store.begin().await?;
    batch.record_registry(&merging.finish(), None, now).await?;
    batch.append_audit(&entry(now, Action::ManageProgramme)).await?;
    batch.commit().await?;
    Ok(())
}
