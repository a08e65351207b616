//! Why an analysis failed, and why an order was cancelled.
//!
//! The official lists are not public; these are ours.

use super::word::words;

words! {
    /// Why an analysis failed. Ours, not the official list.
    pub enum FailureReason as "failure reason" {
        /// Too little DNA or RNA.
        NucleicAcidTooLittle = "nucleic-acid-too-little", "核酸量の不足", "Too little nucleic acid";
        /// DNA or RNA of poor quality.
        NucleicAcidPoor = "nucleic-acid-poor", "核酸の品質不良", "Poor nucleic acid";
        /// Too few tumour cells.
        TumourContentLow = "tumour-content-low", "腫瘍細胞割合の不足", "Too few tumour cells";
        /// Too little circulating tumour DNA in plasma.
        CirculatingDnaLow = "circulating-dna-low", "血中循環腫瘍DNA量の不足", "Too little circulating tumour DNA";
        /// The library could not be made.
        LibraryFailed = "library-failed", "ライブラリー作製の不良", "Library preparation failed";
        /// Sequencing was not deep or even enough.
        DepthTooLow = "depth-too-low", "シークエンス深度の不足", "Too low sequencing depth";
        /// Specimens were mixed up or contaminated.
        Contaminated = "contaminated", "検体の混入・取り違えの疑い", "Contamination or mix-up suspected";
        /// The specimen was damaged or lost on its way.
        DamagedInTransit = "damaged-in-transit", "輸送中の破損・紛失", "Damaged or lost in transit";
        /// The test was stopped after the specimen had been sent, before there was a result.
        StoppedAfterSending = "stopped-after-sending", "出検後の検査中止", "Stopped after the specimen was sent";
        /// Another reason, given in the note.
        Other = "other", "その他(備考に記載)", "Other, see the note";
    }
}

words! {
    /// Why an order was cancelled. Ours, not the official list.
    pub enum CancelReason as "cancel reason" {
        /// The patient changed their mind.
        PatientWish = "patient-wish", "患者の意思", "The patient's wish";
        /// The patient's condition became worse.
        ConditionWorse = "condition-worse", "全身状態の悪化", "The patient's condition became worse";
        /// The patient died.
        Died = "died", "死亡", "The patient died";
        /// There is no suitable specimen.
        NoSpecimen = "no-specimen", "適した検体がない", "No suitable specimen";
        /// Another treatment was chosen.
        OtherTreatment = "other-treatment", "ほかの治療を選択", "Another treatment was chosen";
        /// It was ordered by mistake.
        Mistake = "mistake", "誤った依頼", "Ordered by mistake";
        /// Another reason, given in the note.
        Other = "other", "その他(備考に記載)", "Other, see the note";
    }
}
