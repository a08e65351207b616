//! The items that a search can ask for: one value, number or day for each case.
//!
//! Alterations, therapies and adverse events, of which a case may have several, are terms of their own in
//! [`super::query`].

use std::borrow::Cow;

use model::{
    evidence::EvidenceLevel,
    programme::Prefecture,
    text::{Language, LocalizedText},
};

use super::word::{Answer, Msi, NotGivenReason, Region, SampleKind, Sex, Stage, VitalStatus, Word};

/// What an item's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// One word of a closed list.
    Word,
    /// One name of those in the index.
    Name,
    /// A number.
    Number,
    /// A day.
    Day,
}

macro_rules! items {
    ($($(#[$doc:meta])* $item:ident = $code:literal, $kind:ident, $ja:literal, $en:literal;)*) => {
        /// An item of a case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Item { $($(#[$doc])* $item),* }

        impl Item {
            /// Every item; those whose values are words or names come first.
            pub const ALL: &'static [Self] = &[$(Self::$item),*];

            /// Returns the code that queries use.
            pub fn code(self) -> &'static str {
                match self { $(Self::$item => $code),* }
            }

            /// Returns what its value is.
            pub fn kind(self) -> ItemKind {
                match self { $(Self::$item => ItemKind::$kind),* }
            }

            /// Returns the label in both languages.
            pub fn label(self) -> LocalizedText {
                match self { $(Self::$item => LocalizedText::of($ja, $en)),* }
            }
        }
    };
}

items! {
    /// Tumour type; a search for one finds what lies below it too.
    Tumour = "tumour", Name, "がん種", "Tumour type";
    /// Panel.
    Panel = "panel", Name, "パネル", "Panel";
    /// Hospital, in the clinical portal.
    Hospital = "hospital", Name, "病院", "Hospital";
    /// Collection.
    Collection = "collection", Name, "コレクション", "Collection";
    /// Sex.
    Sex = "sex", Word, "性別", "Sex";
    /// Age in decades.
    AgeBand = "age_band", Word, "年代", "Age band";
    /// Has smoked.
    Smoking = "smoking", Word, "喫煙歴", "Has smoked";
    /// ECOG performance status.
    PerformanceStatus = "ps", Word, "ECOG PS", "Performance status";
    /// Stage before the first treatment.
    Stage = "stage", Word, "ステージ", "Stage";
    /// Metastasis at registration.
    Metastasis = "metastasis", Word, "転移", "Metastasis";
    /// Cancer in the family.
    FamilyHistory = "family_history", Word, "家族歴", "Cancer in the family";
    /// Kind of specimen.
    SampleKind = "sample", Word, "検体種別", "Kind of specimen";
    /// Prefecture of the hospital.
    Prefecture = "prefecture", Word, "都道府県", "Prefecture";
    /// Region of the hospital.
    Region = "region", Word, "地方", "Region";
    /// Year of the test.
    Year = "year", Word, "検査年", "Year of the test";
    /// Alive or dead.
    VitalStatus = "vital", Word, "生死", "Vital status";
    /// Whether the panel proposed a drug.
    OptionProposed = "proposed", Word, "治療薬の提示", "Drug proposed";
    /// Whether the proposed drug was given.
    OptionGiven = "given", Word, "提示薬の投与", "Proposed drug given";
    /// Why it was not.
    NotGivenReason = "not_given", Word, "投与しなかった理由", "Why not given";
    /// Microsatellite state.
    Msi = "msi", Word, "MSI", "MSI";
    /// Tumour mutational burden, by whole mutations per megabase.
    TmbBand = "tmb_band", Word, "TMB区分", "TMB band";
    /// Best evidence level.
    Level = "level", Word, "エビデンスレベル", "Evidence level";
    /// Consent to academic use.
    AcademicUse = "academic", Word, "学術利用の同意", "Consent to academic use";
    /// Consent to use by companies.
    CompanyUse = "company", Word, "企業利用の同意", "Consent to use by companies";
    /// Consent to use abroad.
    AbroadUse = "abroad", Word, "国外利用の同意", "Consent to use abroad";
    /// Whether the case is invented.
    Synthetic = "synthetic", Word, "合成症例", "Synthetic case";
    /// Age in years.
    Age = "age", Number, "年齢", "Age";
    /// Tumour mutational burden in mutations per megabase.
    Tmb = "tmb", Number, "TMB", "TMB";
    /// How far the record is filled, in per cent.
    Completeness = "completeness", Number, "入力率", "Completeness";
    /// Day of diagnosis.
    Diagnosed = "diagnosed", Day, "診断日", "Day of diagnosis";
    /// Day of the test.
    Tested = "tested", Day, "検査日", "Day of the test";
    /// First day of any therapy.
    Treated = "treated", Day, "治療開始日", "First day of therapy";
    /// Day of the expert panel.
    PanelHeld = "panel_held", Day, "エキスパートパネル開催日", "Day of the expert panel";
    /// Last contact or death.
    LastContact = "last_contact", Day, "最終確認日", "Last contact";
}

/// Items whose values are words or names, which have a column of codes in each segment.
pub(crate) const CODED: usize = Item::Synthetic as usize + 1;

/// First year that the years' list has.
const FIRST_YEAR: i32 = 1900;
/// Years of the list: as many as a day can be of.
const YEARS: u8 = 180;
/// Lowest burden that the last band of the list takes. Units: mutations per megabase.
const TMB_LAST_BAND: u16 = 50;

impl Item {
    /// Returns the item of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|item| item.code() == code)
    }

    /// Returns the items whose values are words or names.
    pub fn coded() -> &'static [Self] {
        Self::ALL.get(..CODED).unwrap_or_default()
    }

    /// Returns how many words the item's closed list has; 0 where it has none.
    pub fn words(self) -> u8 {
        self.list().map_or(0, List::len)
    }

    /// Returns the code of the word at a place (from 1) of the item's closed list.
    pub fn word_code(self, place: u8) -> Option<Cow<'static, str>> {
        let list = self.list()?;
        (1..=list.len()).contains(&place).then(|| list.code(place))
    }

    /// Returns the place (from 1) of a word's code in the item's closed list.
    pub fn word_place(self, code: &str) -> Option<u8> {
        let list = self.list()?;
        (1..=list.len()).find(|place| list.code(*place) == code)
    }

    /// Returns the label of the word at a place (from 1) of the item's closed list.
    pub fn word_label(self, place: u8) -> Option<LocalizedText> {
        let list = self.list()?;
        (1..=list.len()).contains(&place).then(|| list.label(place))
    }

    fn list(self) -> Option<&'static dyn List> {
        Some(match self {
            Self::Sex => &Of::<Sex>(std::marker::PhantomData),
            Self::Smoking
            | Self::Metastasis
            | Self::FamilyHistory
            | Self::OptionProposed
            | Self::OptionGiven
            | Self::AcademicUse
            | Self::CompanyUse
            | Self::AbroadUse
            | Self::Synthetic => &Of::<Answer>(std::marker::PhantomData),
            Self::Stage => &Of::<Stage>(std::marker::PhantomData),
            Self::SampleKind => &Of::<SampleKind>(std::marker::PhantomData),
            Self::Region => &Of::<Region>(std::marker::PhantomData),
            Self::VitalStatus => &Of::<VitalStatus>(std::marker::PhantomData),
            Self::NotGivenReason => &Of::<NotGivenReason>(std::marker::PhantomData),
            Self::Msi => &Of::<Msi>(std::marker::PhantomData),
            Self::Level => &Levels,
            Self::PerformanceStatus => &Numbered::PERFORMANCE,
            Self::AgeBand => &Numbered::AGE,
            Self::TmbBand => &Numbered::TMB,
            Self::Year => &Numbered::YEAR,
            Self::Prefecture => &Prefectures,
            _ => return None,
        })
    }
}

/// Returns the place of an evidence level among the levels. Units: 1-based.
pub(crate) fn level_place(level: Option<EvidenceLevel>) -> u8 {
    let at = |level| EvidenceLevel::ALL.iter().position(|known| *known == level);
    level.and_then(at).map_or(0, |at| at as u8 + 1)
}

/// Returns the evidence level at a place; `None` for 0.
pub(crate) fn level_at(place: u8) -> Option<EvidenceLevel> {
    EvidenceLevel::ALL.get(usize::from(place).checked_sub(1)?).copied()
}

/// Returns the place of an age's decade.
pub(crate) fn age_band(age: Option<u8>) -> u8 {
    age.map_or(0, |age| (age / 10).min(10) + 1)
}

/// Returns the place of a year; 0 where the list does not have it.
pub(crate) fn year_place(year: Option<i32>) -> u8 {
    let place = year.and_then(|year| u8::try_from(year - FIRST_YEAR + 1).ok());
    place.filter(|place| (1..=YEARS).contains(place)).unwrap_or(0)
}

/// Returns the place of a burden's band. Units: hundredths of a mutation per megabase.
pub(crate) fn tmb_band(tmb: Option<u16>) -> u8 {
    tmb.map_or(0, |tmb| (tmb / 100).min(TMB_LAST_BAND) as u8 + 1)
}

/// A closed list by places from 1; places asked for are within.
trait List: Sync {
    fn len(&self) -> u8;
    fn code(&self, place: u8) -> Cow<'static, str>;
    fn label(&self, place: u8) -> LocalizedText;
}

struct Of<W>(std::marker::PhantomData<fn() -> W>);

impl<W: Word> List for Of<W> {
    fn len(&self) -> u8 {
        W::ALL.len() as u8
    }

    fn code(&self, place: u8) -> Cow<'static, str> {
        W::at(place).map_or("", Word::code).into()
    }

    fn label(&self, place: u8) -> LocalizedText {
        W::at(place).map_or(LocalizedText::of("", ""), Word::label)
    }
}

struct Levels;

impl List for Levels {
    fn len(&self) -> u8 {
        EvidenceLevel::ALL.len() as u8
    }

    fn code(&self, place: u8) -> Cow<'static, str> {
        level_at(place).map_or("", EvidenceLevel::letter).into()
    }

    fn label(&self, place: u8) -> LocalizedText {
        let letter = level_at(place).map_or("", EvidenceLevel::letter);
        LocalizedText::of(letter, letter)
    }
}

struct Prefectures;

impl List for Prefectures {
    fn len(&self) -> u8 {
        47
    }

    fn code(&self, place: u8) -> Cow<'static, str> {
        format!("{place:02}").into()
    }

    fn label(&self, place: u8) -> LocalizedText {
        let name = |language| {
            Prefecture::of_number(place).map_or("", |prefecture| prefecture.short(language))
        };
        LocalizedText::of(name(Language::Ja), name(Language::En))
    }
}

/// Consecutive numbers, the last of which may stand for all above it.
struct Numbered {
    len: u8,
    first: i32,
    step: i32,
    open_end: bool,
    unit_ja: &'static str,
}

impl Numbered {
    const PERFORMANCE: Self = Self { len: 5, first: 0, step: 1, open_end: false, unit_ja: "" };
    const AGE: Self = Self { len: 11, first: 0, step: 10, open_end: true, unit_ja: "歳" };
    const TMB: Self = Self { len: 51, first: 0, step: 1, open_end: true, unit_ja: "" };
    const YEAR: Self =
        Self { len: YEARS, first: FIRST_YEAR, step: 1, open_end: false, unit_ja: "年" };
}

impl List for Numbered {
    fn len(&self) -> u8 {
        self.len
    }

    fn code(&self, place: u8) -> Cow<'static, str> {
        let low = self.first + (i32::from(place) - 1) * self.step;
        if self.open_end && place == self.len {
            format!("{low}+").into()
        } else if self.step > 1 {
            format!("{low}-{}", low + self.step - 1).into()
        } else {
            low.to_string().into()
        }
    }

    fn label(&self, place: u8) -> LocalizedText {
        let code = self.code(place);
        LocalizedText::new(format!("{code}{}", self.unit_ja), code.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_with_words_or_names_come_first() {
        for (at, item) in Item::ALL.iter().enumerate() {
            let coded = matches!(item.kind(), ItemKind::Word | ItemKind::Name);
            assert_eq!(coded, at < CODED, "{item:?}");
            assert_eq!(*item as usize, at);
            assert_eq!(Item::of_code(item.code()), Some(*item));
            assert_eq!(item.kind() == ItemKind::Word, item.words() > 0, "{item:?}");
        }
    }

    #[test]
    fn words_are_found_by_code_and_place() {
        for item in Item::coded() {
            for place in 1..=item.words() {
                let code = item.word_code(place).unwrap();
                assert_eq!(item.word_place(&code), Some(place), "{item:?} {code}");
                assert!(item.word_label(place).is_some());
            }
            assert_eq!(item.word_code(item.words() + 1), None);
        }
        assert_eq!(Item::AgeBand.word_code(age_band(Some(104))).unwrap(), "100+");
        assert_eq!(Item::AgeBand.word_code(age_band(Some(69))).unwrap(), "60-69");
        assert_eq!(Item::Year.word_code(year_place(Some(2026))).unwrap(), "2026");
        assert_eq!((year_place(Some(1899)), year_place(Some(2080)), year_place(None)), (0, 0, 0));
        assert_eq!(Item::TmbBand.word_code(tmb_band(Some(1234))).unwrap(), "12");
    }
}
