//! Many comparisons at once.

/// Why probabilities could not be adjusted.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum AdjustError {
    /// A probability is outside of 0 and 1, or not a number.
    #[error("adjusting the probability {value} in place {place}: it must lie between 0 and 1")]
    NotAProbability {
        /// Its place, numbered from 0.
        place: usize,
        /// What stands there.
        value: f64,
    },
}

/// Returns for each probability the smallest rate of false discoveries at which it would be called a discovery.
///
/// Shape: one for each, in the order given.
///
/// Errors: a value outside of 0 and 1.
///
/// Source: Benjamini Y, Hochberg Y, J R Stat Soc B 1995;57:289; as R `p.adjust(method = "BH")`.
pub fn benjamini_hochberg(probabilities: &[f64]) -> Result<Vec<f64>, AdjustError> {
    let wrong = |value: &f64| !(0.0..=1.0).contains(value);
    if let Some(place) = probabilities.iter().position(wrong) {
        return Err(AdjustError::NotAProbability { place, value: probabilities[place] });
    }
    let mut places: Vec<usize> = (0..probabilities.len()).collect();
    places.sort_by(|one, two| probabilities[*two].total_cmp(&probabilities[*one]));
    let count = probabilities.len() as f64;
    let mut adjusted = vec![0.0; probabilities.len()];
    let mut least = 1.0_f64;
    for (from_largest, place) in places.into_iter().enumerate() {
        least = least.min(probabilities[place] * (count / (count - from_largest as f64)));
        adjusted[place] = least;
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_probability() {
        for value in [f64::NAN, -0.1, 1.1, f64::INFINITY] {
            let adjusted = benjamini_hochberg(&[0.5, value]);
            assert!(matches!(adjusted, Err(AdjustError::NotAProbability { place: 1, .. })));
        }
        assert_eq!(benjamini_hochberg(&[]), Ok(Vec::new()));
    }
}
