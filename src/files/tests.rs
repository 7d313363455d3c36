//! Files as they come: from other systems, in other encodings, twice, or not at all.

use super::*;
use crate::picture::tests::png;

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
fn pictures_are_measured_and_developed_for_their_width() {
    let (_folder, newsroom) = newsroom(&[("issues/images/lamp.png", &png(1120, 630)), ("issues/images/no.png", b"no")]);
    let picture = newsroom.picture("images/lamp.png").unwrap();
    assert_eq!((picture.width, picture.height), (1120, 630));
    let developed = newsroom.develop(&picture, 200).unwrap();
    assert_eq!(developed.src, "images/lamp.png");
    assert!(developed.bytes.len() <= picture.bytes.len());
    assert_eq!(newsroom.develop(&picture, 200).unwrap(), developed, "and had again");
    assert!(matches!(newsroom.picture("images/no.png"), Err(Unfit::Format { what, .. }) if what == "not a picture"));
    let missing = Unfit::Missing("no file issues/images/owl.png".to_owned());
    assert_eq!(newsroom.picture("images/owl.png").err(), Some(missing));
}

#[test]
fn a_picture_lies_below_the_issues_folder() {
    let (_folder, newsroom) = newsroom(&[("secret.png", &png(1, 1)), ("issues/images/a.png", &png(1, 1))]);
    for src in ["../secret.png", "/etc/passwd", "images/../../secret.png", "..\\secret.png", "./images/a.png"] {
        assert!(matches!(newsroom.picture(src), Err(Unfit::Missing(_))), "{src}");
    }
    for src in ["data:image/png;base64,AAAA", "https://quay.example/a.png"] {
        assert!(matches!(newsroom.picture(src), Err(Unfit::Format { .. })), "{src}");
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
