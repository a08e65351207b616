//! Where an increasing function is zero.

/// Most evaluations of the function.
const EVALUATION_LIMIT: usize = 200;

/// How near two arguments lie, as a share of their size, to count as one.
const WIDTH: f64 = 1e-14;

/// Farthest from the guess that is looked at.
const REACH: f64 = 1e4;

/// Returns the zero of an increasing function, looked for from a guess; an end of the reach when there is none within it.
///
/// The function may be infinite. Source: bracketing by doubling, then the Illinois variant of false position, and
/// bisection where that is slow.
pub(super) fn of_increasing(function: impl Fn(f64) -> f64, guess: f64) -> f64 {
    let start = (guess, function(guess));
    if start.1 == 0.0 {
        return guess;
    }
    let outwards = if start.1 > 0.0 { -1.0 } else { 1.0 };
    let (mut near, mut far, mut stride) = (start, start, 0.5);
    while far.1.is_nan() || far.1 * start.1 > 0.0 {
        near = far;
        far.0 = guess + outwards * stride;
        far.1 = function(far.0);
        if stride > REACH {
            return far.0;
        }
        stride *= 2.0;
    }
    let (mut low, mut high) = if outwards > 0.0 { (near, far) } else { (far, near) };
    let mut last_side = 0;
    for evaluation in 0..EVALUATION_LIMIT {
        let width = high.0 - low.0;
        if width <= WIDTH * (1.0 + low.0.abs().max(high.0.abs())) {
            break;
        }
        let false_position = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
        let inside = false_position > low.0 && false_position < high.0;
        let middle = if inside && evaluation % 4 != 3 {
            false_position
        } else {
            f64::midpoint(low.0, high.0)
        };
        if middle <= low.0 || middle >= high.0 {
            break;
        }
        let value = function(middle);
        if value == 0.0 {
            return middle;
        }
        if value < 0.0 {
            low = (middle, value);
            if last_side == -1 {
                high.1 *= 0.5;
            }
            last_side = -1;
        } else {
            high = (middle, value);
            if last_side == 1 {
                low.1 *= 0.5;
            }
            last_side = 1;
        }
    }
    f64::midpoint(low.0, high.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_zeros_near_and_far_and_beside_infinities() {
        for (zero, guess) in [(0.3, 0.0), (-500.0, 3.0), (7.0, 7.0)] {
            let found = of_increasing(|at| (at - zero).powi(3), guess);
            assert!((found - zero).abs() < 1e-4, "{found}");
            let straight = of_increasing(|at| (at - zero).sinh(), guess);
            assert!((straight - zero).abs() < 1e-9, "{straight}");
        }
        let logarithm = of_increasing(|at: f64| at.max(0.0).ln() - 1.0, -2.0);
        assert!((logarithm - std::f64::consts::E).abs() < 1e-12, "{logarithm}");
    }
}
