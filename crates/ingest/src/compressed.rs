//! Opens plain, gzip (also bgzip) and zstd bytes alike, by magic number, and never beyond a limit.

use std::io::{self, BufRead, BufReader, Read};

/// A reader of decompressed bytes that fails once a limit is passed.
///
/// A small compressed file can hold an endless stretch of zeros; the limit is on what comes out.
pub(crate) struct Limited<'a> {
    inner: Box<dyn BufRead + 'a>,
    left_bytes: u64,
}

/// What is said when the decompressed bytes are more than allowed.
pub(crate) const TOO_LARGE: &str = "decompressed size is over the limit";

/// Returns a reader of the decompressed bytes.
///
/// Errors: none here; broken compressed data and a passed limit come out of reading.
pub(crate) fn open<'a>(source: impl Read + 'a, max_bytes: u64) -> io::Result<Limited<'a>> {
    let mut reader = BufReader::with_capacity(1 << 16, source);
    let start = reader.fill_buf()?;
    let inner: Box<dyn BufRead + 'a> = if start.starts_with(&[0x1f, 0x8b]) {
        Box::new(BufReader::with_capacity(1 << 17, flate2::bufread::MultiGzDecoder::new(reader)))
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
        Box::new(BufReader::with_capacity(1 << 17, decoder))
    } else {
        Box::new(reader)
    };
    Ok(Limited { inner, left_bytes: max_bytes })
}

impl Read for Limited<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), available.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Limited<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = usize::try_from(self.left_bytes).unwrap_or(usize::MAX);
        let available = self.inner.fill_buf()?;
        if left == 0 && !available.is_empty() {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, TOO_LARGE));
        }
        let end = available.len().min(left);
        Ok(available.get(..end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.left_bytes = self.left_bytes.saturating_sub(amount as u64);
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn text_of(bytes: &[u8], limit: u64) -> io::Result<String> {
        let mut text = String::new();
        open(bytes, limit)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn opens_plain_gzip_and_zstd() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"hello").unwrap();
        assert_eq!(text_of(b"hello", 5).unwrap(), "hello");
        assert_eq!(text_of(&gzip.finish().unwrap(), 5).unwrap(), "hello");
        assert_eq!(text_of(&zstd::encode_all(&b"hello"[..], 1).unwrap(), 5).unwrap(), "hello");
        assert_eq!(text_of(b"", 5).unwrap(), "");
    }

    #[test]
    fn fails_beyond_the_limit_and_on_broken_data() {
        assert_eq!(text_of(b"hello", 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        let bomb = zstd::encode_all(&vec![0_u8; 1 << 20][..], 3).unwrap();
        assert_eq!(text_of(&bomb, 1000).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(text_of(&[0x1f, 0x8b, 8, 0, 1, 2], 100).is_err());
        assert!(text_of(&[0x28, 0xb5, 0x2f, 0xfd, 9, 9], 100).is_err());
    }
}
