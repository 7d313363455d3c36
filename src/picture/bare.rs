//! A JPEG without what is said beside the picture: where it was taken and when, with which camera, how it was
//! before it was cut. Only what changes how it looks stays. No pixel is touched.

/// Markers of ISO/IEC 10918-1, table B.1.
const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;
/// Application segments: JFIF's (0), Exif and XMP (1), colour profiles (2), … Adobe's note on colour (14).
const FIRST_APP: u8 = 0xe0;
const PROFILE: u8 = 0xe2;
const ADOBE: u8 = 0xee;
const LAST_APP: u8 = 0xef;

/// The bare picture; `None` where the file is not whole.
pub(super) fn bare(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0xff, START];
    let mut rest = bytes.strip_prefix(&[0xff, START])?;
    loop {
        let [0xff, marker, after @ ..] = rest else { return None };
        if *marker == 0xff {
            // Any number of fill bytes may stand before a marker.
            rest = &rest[1..];
            continue;
        }
        if *marker == SCAN {
            // Whatever hangs behind the end is another picture, or none.
            let end = rest.windows(2).position(|pair| pair == [0xff, END])?;
            out.extend_from_slice(&rest[..end + 2]);
            return Some(out);
        }
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        let segment = after.get(..length)?;
        if shows(*marker, segment.get(2..)?) {
            out.extend_from_slice(&[0xff, *marker]);
            out.extend_from_slice(segment);
        }
        rest = &after[length..];
    }
}

/// Whether a segment changes what is seen.
fn shows(marker: u8, content: &[u8]) -> bool {
    match marker {
        FIRST_APP => content.starts_with(b"JFIF\0"),
        PROFILE => content.strip_prefix(b"ICC_PROFILE\0").is_some_and(|profile| !is_common(profile)),
        ADOBE => true,
        COMMENT | FIRST_APP..=LAST_APP => false,
        _ => true,
    }
}

/// Whether a colour profile only says what is taken for granted of a picture without one: sRGB.
pub(super) fn is_common(profile: &[u8]) -> bool {
    let named = |name: &[u8]| profile.windows(name.len()).any(|window| window == name);
    named(b"sRGB") || named(b"s\0R\0G\0B")
}
