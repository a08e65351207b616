//! Section 6: the program and every knowledge source, each with its version.

use std::borrow::Cow;

use knowledge::Release;
use model::text::LocalizedText;
use serde::{Deserialize, Serialize};

use super::{REPORT_FORMAT, ReportInput};

/// Section 6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareVersions {
    /// The program that made the report.
    pub program: NamedVersion,
    /// Version of the report's JSON form.
    pub report_format: Cow<'static, str>,
    /// The knowledge release.
    pub knowledge_release: KnowledgeRelease,
    /// The table by which evidence levels were given.
    pub level_table: NamedVersion,
    /// The laboratory's analysis software.
    pub laboratory_software: Option<NamedVersion>,
}

/// A name with a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedVersion {
    /// Name.
    pub name: String,
    /// Version, where it is known.
    pub version: Option<String>,
}

/// The knowledge release that the report was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnowledgeRelease {
    /// Content address. Shape: `sha256:` and 64 hexadecimal digits.
    pub id: String,
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Whether it is a demonstration and not for care.
    pub demonstration: bool,
    /// What its maker says of its use.
    pub notice: LocalizedText,
    /// Its sources.
    pub sources: Vec<SourceVersion>,
}

/// One source of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceVersion {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Licence.
    pub licence: String,
    /// Digest of the source's bytes.
    pub digest: String,
    /// Where it came from.
    pub url: Option<String>,
    /// How many records were taken from it.
    pub records: u64,
}

/// Makes section 6.
pub(super) fn compose(input: &ReportInput<'_>, release: &Release) -> SoftwareVersions {
    let manifest = release.manifest();
    let sources = manifest.sources.iter().map(|source| SourceVersion {
        name: source.name.clone(),
        version: source.version.clone(),
        licence: source.licence.clone(),
        digest: source.digest.clone(),
        url: source.url.clone(),
        records: source.records,
    });
    let test = &input.result.test;
    SoftwareVersions {
        program: NamedVersion {
            name: "Tsumugi".to_owned(),
            version: Some(input.program_version.to_owned()),
        },
        report_format: Cow::Borrowed(REPORT_FORMAT),
        knowledge_release: KnowledgeRelease {
            id: release.id().to_owned(),
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            demonstration: manifest.demonstration,
            notice: manifest.notice.clone(),
            sources: sources.collect(),
        },
        level_table: NamedVersion {
            name: manifest.level_table.name.clone(),
            version: Some(manifest.level_table.version.clone()),
        },
        laboratory_software: test
            .software_name
            .clone()
            .map(|name| NamedVersion { name, version: test.software_version.clone() }),
    }
}
