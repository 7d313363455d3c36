//! Files as they come: from other systems, in other encodings, twice, or not at all.

use super::*;

/// A newsroom of these files.
fn newsroom(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Newsroom) {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let newsroom = Newsroom::open(folder.path());
    (folder, newsroom)
}

/// A PNG of this size, drawn by code.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn a_story_is_found_by_its_stem_wherever_in_the_tree_it_lies() {
    let files: [(&str, &[u8]); 3] = [
        ("issues/stories/2025/lamp.md", b"old"),
        ("issues/stories/2026/harbour/eels.md", b"new"),
        ("issues/stories/.drafts/mud.md", b"hidden"),
    ];
    let (_folder, newsroom) = newsroom(&files);
    assert_eq!(newsroom.story("eels").unwrap().path, "issues/stories/2026/harbour/eels.md");
    assert_eq!(newsroom.stories().len(), 2);
    assert!(matches!(newsroom.story("mud"), Err(Missing::Unknown)));
}

#[test]
fn two_files_of_one_name_are_nobody_s_guess() {
    let files: [(&str, &[u8]); 2] = [("issues/stories/2025/lamp.md", b""), ("issues/stories/2026/lamp.md", b"")];
    let (_folder, newsroom) = newsroom(&files);
    let Err(Missing::Twice(paths)) = newsroom.story("lamp") else { panic!("both are named") };
    assert_eq!(paths, ["issues/stories/2025/lamp.md", "issues/stories/2026/lamp.md"]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let (folder, _newsroom) = newsroom(&[("a.toml", b"\xef\xbb\xbfx = 1")]);
    assert_eq!(read(folder.path(), "a.toml").unwrap().text, "x = 1");
}

#[test]
fn latin_1_is_said_at_its_first_wrong_byte_and_shown_as_it_was_meant() {
    let (folder, _newsroom) = newsroom(&[("a.md", b"one\nCaf\xe9 two")]);
    let finding = read(folder.path(), "a.md").unwrap_err();
    let place = finding.place.unwrap();
    assert_eq!(place.source.line_col(place.span.start), (2, 4));
    assert_eq!(place.label, "byte 0xe9: in Latin-1 this is `é`");
}

#[test]
fn a_file_too_large_to_be_written_by_a_person_is_refused_unread() {
    let (folder, _newsroom) = newsroom(&[("big.md", &vec![b'a'; 50 << 20])]);
    assert_eq!(read(folder.path(), "big.md").unwrap_err().title, "big.md is larger than the 1 MB a text may have");
}

#[test]
fn pictures_are_measured_and_named_by_their_content() {
    let (_folder, newsroom) = newsroom(&[("issues/images/lamp.png", &png(1120, 630)), ("issues/images/no.png", b"no")]);
    let picture = newsroom.picture("images/lamp.png").unwrap();
    assert_eq!((picture.kind, picture.width, picture.height), (PictureKind::Png, 1120, 630));
    assert_eq!(newsroom.picture_bytes("images/lamp.png", &picture.hash).unwrap(), png(1120, 630));
    assert!(newsroom.picture_bytes("images/lamp.png", "00").is_err());
    assert!(newsroom.picture("images/no.png").unwrap_err().starts_with("not a picture"));
    assert_eq!(newsroom.picture("images/owl.png").unwrap_err(), "no file issues/images/owl.png");
}

#[test]
fn a_picture_lies_below_the_issues_folder() {
    let (_folder, newsroom) = newsroom(&[("secret.png", &png(1, 1)), ("issues/images/a.png", &png(1, 1))]);
    for src in ["../secret.png", "/etc/passwd", "images/../../secret.png", "..\\secret.png", "./images/a.png"] {
        assert!(newsroom.picture(src).is_err(), "{src}");
    }
}

#[test]
fn slots_are_the_files_named_by_a_date() {
    let names = [
        "2026-11-24.toml",
        "2026-11-23.toml",
        "2026-11-24-2.toml",
        "2026-11-24-correction.toml",
        "template.toml",
        "2026-11-24.toml~",
    ];
    let files: Vec<(String, &[u8])> = names.iter().map(|name| (format!("issues/morning/{name}"), &b""[..])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
    let (folder, _newsroom) = newsroom(&files);
    let wanted = ["2026-11-23", "2026-11-24", "2026-11-24-2", "2026-11-24-correction"];
    assert_eq!(slots(folder.path(), "morning"), wanted);
    assert!(slots(folder.path(), "evening").is_empty());
}
