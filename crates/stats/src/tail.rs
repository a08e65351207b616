//! Tails and quantiles of the reference distributions, by `statrs` and `libm`.
//!
//! Tails are computed as tails, never as one minus a body, so that small p values keep their digits.

use statrs::function::{beta::beta_reg, erf, gamma::gamma_ur};

/// Returns the probability that a standard normal value exceeds `z`.
///
/// Source: complementary error function of `libm`, after FreeBSD; that of `statrs` keeps 10 digits only.
pub fn normal_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// Returns the probability that a standard normal value lies farther from zero than `z`.
///
/// Source: complementary error function of `libm`, after FreeBSD; that of `statrs` keeps 10 digits only.
pub fn normal_two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// Returns the value below which a standard normal value lies with `probability`.
///
/// Returns an infinity for 0 and 1, and NaN outside of them.
///
/// Source: inverse complementary error function of `statrs`, sharpened by one step of Halley's method.
pub fn normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability == 0.0 || probability == 1.0 {
        return if probability == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let rough = -std::f64::consts::SQRT_2 * erf::erfc_inv(2.0 * probability);
    let density = (-0.5 * rough * rough).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if density == 0.0 {
        return rough;
    }
    let newton = (normal_tail(-rough) - probability) / density;
    rough - newton / (1.0 + 0.5 * rough * newton)
}

/// Returns the probability that a chi-square value with `degrees` degrees of freedom exceeds `value`.
///
/// Returns NaN when `value` is NaN or `degrees` is 0.
///
/// Source: upper regularised incomplete gamma function of `statrs`, after Cephes.
pub fn chi_square_tail(value: f64, degrees: usize) -> f64 {
    if value.is_nan() || degrees == 0 {
        return f64::NAN;
    }
    if value <= 0.0 {
        return 1.0;
    }
    if value == f64::INFINITY {
        return 0.0;
    }
    if degrees == 1 {
        return normal_two_sided(value.sqrt());
    }
    gamma_ur(degrees as f64 / 2.0, value / 2.0)
}

/// Returns the probability that Student's t with `degrees` degrees of freedom lies farther from zero than `t`.
///
/// Returns NaN when `t` is NaN or `degrees` is not above 0.
///
/// Source: regularised incomplete beta function of `statrs`, by Lentz's continued fraction.
pub fn student_two_sided(t: f64, degrees: f64) -> f64 {
    if t.is_nan() || degrees.is_nan() || degrees <= 0.0 {
        return f64::NAN;
    }
    if t.is_infinite() {
        return 0.0;
    }
    beta_reg(degrees / 2.0, 0.5, degrees / (degrees + t * t))
}
