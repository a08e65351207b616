//! Gene panels: `panel genes` (genes joined with `|`), or our own table.

use super::{Record, own, problems, source::Intake};
use crate::{
    release::files::Kind,
    table::{MissingColumnError, Table},
};

pub(super) fn read(intake: &mut Intake<'_>, table: Table<'_>) -> Result<(), MissingColumnError> {
    let (Some(panel), Some(genes)) = (table.optional("panel"), table.optional("genes")) else {
        return own::panels(intake, table);
    };
    let width = table.width();
    for row in table {
        if !intake.has_width(&row, width, genes + 1) {
            continue;
        }
        if row.get(panel).is_empty() || row.get(genes).is_empty() {
            intake.skip(problems::empty_value(row.line, "genes"));
            continue;
        }
        if intake.is_new(row.line, row.get(panel)) {
            intake.take(
                &Record::new(Kind::Panels)
                    .with("name", row.get(panel))
                    .with("genes", row.get(genes)),
            );
        }
    }
    Ok(())
}
