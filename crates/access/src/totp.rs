//! The second factor: one-time codes of time. Source: RFC 6238 and RFC 4226, with SHA-1 as every phone has it.

use std::fmt;

use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::secret::same_text;

/// Size of a secret. Units: bytes. Source: RFC 4226, section 4, R6.
pub const TOTP_SECRET_BYTES: usize = 20;
/// How long a code holds. Units: seconds.
const STEP_SECONDS: i64 = 30;
/// Digits of a code.
const DIGITS: usize = 6;
/// Steps before and after the present one that are taken, for clocks that are not right.
const STEPS_OFF_MAX: i64 = 1;

/// The secret that a phone and the programme share. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; TOTP_SECRET_BYTES]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Which step of time a code was for. A step that was used is never taken again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotpStep(pub i64);

impl TotpSecret {
    /// Makes a secret of random bytes.
    pub fn of_random(bytes: [u8; TOTP_SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// Takes a secret as it was kept; `None` where the bytes cannot be one.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the bytes, to be sealed and kept.
    pub fn bytes(&self) -> &[u8; TOTP_SECRET_BYTES] {
        &self.0
    }

    /// Returns the secret as it is typed into a phone: base32 in groups of four.
    pub fn typed(&self) -> String {
        let text = BASE32_NOPAD.encode(&self.0);
        let groups = text.as_bytes().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join(" ")
    }

    /// Returns the address that a phone reads from a QR code. Source: the Key URI format.
    pub fn address(&self, issuer: &str, account: &str) -> String {
        let secret = BASE32_NOPAD.encode(&self.0);
        let [issuer, account] = [issuer, account].map(percent_encoded);
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
    }

    /// Returns the code of a step.
    fn code_of(&self, step: TotpStep) -> String {
        // A key of any length is taken; there is nothing that can fail.
        let Ok(mut mac) = <Hmac<Sha1> as KeyInit>::new_from_slice(&self.0) else {
            return String::new();
        };
        mac.update(&step.0.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let offset = usize::from(hash.last().copied().unwrap_or(0) & 0x0f);
        let word = hash.iter().skip(offset).take(4);
        let number =
            word.fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff;
        let code = number % 10_u32.pow(DIGITS as u32);
        format!("{code:0DIGITS$}")
    }

    /// Returns the code of a moment, as a phone shows it.
    pub fn code_at(&self, at: DateTime<Utc>) -> String {
        self.code_of(step_of(at))
    }

    /// Finds the step that a code is for: the present one, or one beside it.
    ///
    /// Whoever calls must keep the step and take none again that is not later: a code is used once.
    pub fn step_of_code(
        &self,
        code: &str,
        at: DateTime<Utc>,
        last_used: Option<TotpStep>,
    ) -> Option<TotpStep> {
        let typed: String =
            code.chars().filter(|c| !c.is_whitespace() && *c != '-').map(half_width).collect();
        let now = step_of(at).0;
        let steps = (now - STEPS_OFF_MAX..=now + STEPS_OFF_MAX).map(TotpStep);
        // Every step is looked at, whichever it is, so that the time tells nothing.
        let found = steps.fold(None, |found, step| {
            let same = same_text(&self.code_of(step), &typed);
            let fresh = last_used.is_none_or(|last| last < step);
            if same && fresh { Some(step) } else { found }
        });
        found.filter(|_| typed.len() == DIGITS)
    }
}

fn step_of(at: DateTime<Utc>) -> TotpStep {
    TotpStep(at.timestamp().div_euclid(STEP_SECONDS))
}

/// Japanese keyboards type digits in full width too.
fn half_width(c: char) -> char {
    match c {
        '０'..='９' => {
            char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c)
        }
        other => other,
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn secret() -> TotpSecret {
        TotpSecret::of_bytes(b"12345678901234567890").unwrap()
    }

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        // Source: RFC 6238, appendix B, SHA1; a code of six digits is the end of the one of eight.
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(secret().code_at(at(seconds)), code[2..], "{seconds}");
        }
    }

    #[test]
    fn the_codes_are_those_of_rfc_4226() {
        // Source: RFC 4226, appendix D.
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(secret().code_of(TotpStep(step)), code);
        }
    }

    #[test]
    fn a_code_is_taken_a_step_early_or_late_and_used_once() {
        let now = at(1_111_111_109);
        let step = step_of(now);
        let code = secret().code_at(now);
        assert_eq!(secret().step_of_code(&code, now, None), Some(step));
        assert_eq!(secret().step_of_code(&code, at(1_111_111_109 + 30), None), Some(step));
        assert_eq!(secret().step_of_code(&code, at(1_111_111_109 - 30), None), Some(step));
        assert_eq!(secret().step_of_code(&code, at(1_111_111_109 + 90), None), None);
        assert_eq!(secret().step_of_code(&code, now, Some(step)), None, "a replayed code");
        assert_eq!(secret().step_of_code(&code, now, Some(TotpStep(step.0 - 1))), Some(step));
    }

    #[test]
    fn a_code_may_be_typed_with_blanks_and_in_full_width() {
        let now = at(1_111_111_109);
        assert!(secret().step_of_code("081 804", now, None).is_some());
        assert!(secret().step_of_code("０８１８０４", now, None).is_some());
        for wrong in ["", "081805", "81804", "0818040", "abcdef", "0818０４x"] {
            assert_eq!(secret().step_of_code(wrong, now, None), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_phone_is_told_the_secret() {
        assert_eq!(secret().typed(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let address = secret().address("Tsumugi 紡ぎ", "hanako@example");
        assert!(address.starts_with("otpauth://totp/Tsumugi%20%E7%B4%A1"), "{address}");
        assert!(address.contains("hanako%40example?secret=GEZDGNBVGY3TQOJQ"), "{address}");
        assert_eq!(format!("{:?}", secret()), "TotpSecret(…)");
    }
}
