//! QR codes as pictures that a page holds.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Blank modules around the code, which readers need. Source: ISO/IEC 18004.
const QUIET_MODULES: usize = 4;

/// A QR code as the path of an SVG picture.
pub(crate) struct QrPicture {
    /// Width and height. Units: modules, with the blank border.
    pub(crate) size: usize,
    /// Path of the dark modules.
    pub(crate) path: String,
}

/// Makes the QR code of a text; `None` where the text is too long for one.
pub(crate) fn qr(text: &str) -> Option<QrPicture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (place, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let (x, y) = (place % width + QUIET_MODULES, place / width + QUIET_MODULES);
            // Writing to a string does not fail.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Some(QrPicture { size: width + 2 * QUIET_MODULES, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_finders_within_a_blank_border() {
        let picture = qr("http://127.0.0.1:8080/my?code=2345-ABCD-ZYZ2").unwrap();
        assert!(picture.path.starts_with("M4 4h1v1h-1z"));
        let right = picture.size - QUIET_MODULES - 1;
        assert!(picture.path.contains(&format!("M{right} 4h")));
        assert!(picture.path.contains(&format!("M4 {right}h")));
        assert!(!picture.path.contains("M3 "));
        assert!(qr(&"x".repeat(9_999)).is_none());
    }
}
