//! Pictures on their way to readers: developed, kept, proved, published, or inside the mail.

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;

use mail_parser::{MessageParser, MimeHeaders as _};
use scraper::{Html, Selector};

use crate::gates;
use crate::sink::{Script, Sink};
use crate::world::World;

const DATE: &str = "2026-11-24";

/// A newsroom whose story has a picture, with readers, and settings of its own at the end.
fn illustrated(sink: &Sink, settings: &str) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let story = "issues/stories/2026/tram-returns.md";
    let image = "image = { src = \"images/tram.png\", alt = \"A tram at night\" }\n+++\n\n## What happened";
    world.write(story, &world.read(story).replace("+++\n\n## What happened", image));
    draw(&world, "night-tram.png");
    world.write("config.toml", &format!("{}{settings}", world.read("config.toml")));
    world.subscribe(&["anna@reader.test".to_owned()]);
    world
}

/// One of the sample newsroom's pictures as the story's.
fn draw(world: &World, picture: &str) {
    let drawn = Path::new(env!("CARGO_MANIFEST_DIR")).join("issues/images").join(picture);
    fs::create_dir_all(world.path("issues/images")).unwrap();
    fs::copy(drawn, world.path("issues/images/tram.png")).unwrap();
}

fn approve(world: &World) {
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
}

/// The names of the pictures of a build.
fn built(world: &World) -> Vec<String> {
    world.ok(&["build", DATE, "-o", "out"]);
    listed(&world.path("out/images"))
}

fn listed(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_darkroom_changes_no_byte_and_may_be_lost_broken_or_locked() {
    let world = World::sample();
    let shown = |world: &World| world.ok(&["show", DATE, "--html"]);
    let first = shown(&world);
    // A darkroom of its own: empty, then warm, then every entry cut in half.
    fs::remove_file(world.path(".pressrun")).unwrap();
    assert_eq!(shown(&world), first);
    assert_eq!(shown(&world), first);
    let room = world.path(".pressrun/pictures");
    let entries: Vec<String> = listed(&room).into_iter().filter(|name| !name.starts_with('.')).collect();
    assert_eq!(entries.len(), 2);
    for entry in &entries {
        let whole = fs::read(room.join(entry)).unwrap();
        fs::write(room.join(entry), &whole[..whole.len() / 2]).unwrap();
    }
    assert_eq!(shown(&world), first);
    fs::remove_dir_all(world.path(".pressrun")).unwrap();
    fs::write(world.path(".pressrun"), "a file where a folder is wanted").unwrap();
    assert_eq!(shown(&world), first);
}

#[test]
fn what_was_approved_is_sent_though_the_file_became_another() {
    let sink = Sink::start(Script::default());
    let world = illustrated(&sink, "");
    let config =
        world.read("config.toml").replace("send_at = \"06:30\"", "send_at = \"06:30\"\non_change = \"send-approved\"");
    world.write("config.toml", &config);
    let seen = built(&world);
    approve(&world);
    draw(&world, "bells.png");
    world.ends(0, &["send", DATE, "--yes"]);
    let kept = sink.kept();
    let mail = MessageParser::default().parse(&kept[0].bytes).unwrap();
    assert!(mail.body_html(0).unwrap().contains(&seen[0]), "the picture that was looked at");
    fs::remove_file(world.path("issues/images/tram.png")).unwrap();
}

#[test]
fn pictures_inside_the_mail_are_those_of_the_page_and_nothing_is_loaded() {
    let world = World::sample();
    world.ok(&["build", DATE, "-o", "out", "--set", "images.embed=true"]);
    let eml = fs::read(world.path("out/issue.eml")).unwrap();
    let mail = MessageParser::default().parse(&eml).unwrap();
    let html = mail.body_html(0).unwrap();
    let page = Html::parse_document(&html);
    let images: Vec<_> = page.select(&Selector::parse("img").unwrap()).collect();
    assert_eq!(images.len(), 2);
    assert_eq!(mail.attachments().count(), 2);
    for (image, part) in images.iter().zip(mail.attachments()) {
        let id = part.content_id().unwrap();
        assert_eq!(image.attr("src"), Some(format!("cid:{id}").as_str()));
        let name = listed(&world.path("out/images")).into_iter().find(|name| name.starts_with(&id[..32])).unwrap();
        assert_eq!(part.contents(), fs::read(world.path("out/images").join(name)).unwrap());
        assert!(part.attachment_name().is_some_and(|name| name.ends_with(".png")));
    }
    assert!(!html.contains("lantern.example/i/"), "nothing is loaded");
    assert!(world.read("out/web.html").contains("src=\"images/"), "the web edition has addresses");
    assert!(world.read("out/issue.html").contains("src=\"images/"), "the page beside the pictures shows them");
    // The first part is the text, as in every other mail; every other rule holds too.
    assert_eq!(gates::faults(&world), Vec::<String>::new());
}

#[test]
fn a_folder_has_the_pictures_before_anybody_is_mailed() {
    let sink = Sink::start(Script::default());
    let world = illustrated(&sink, "\n[images]\nurl = \"https://pictures.test\"\npublish = \"public\"\n");
    approve(&world);
    let ran = world.ends(5, &["send", DATE, "--yes", "--no-network"]);
    assert!(ran.stderr.contains("there is no folder") && ran.stderr.contains("nobody was mailed"), "{}", ran.stderr);
    assert_eq!(sink.kept().len(), 0);
    let doctor = world.ends(2, &["doctor"]);
    assert!(doctor.stdout.contains("wrong   images"), "{}", doctor.stdout);

    fs::create_dir(world.path("public")).unwrap();
    world.ends(0, &["send", DATE, "--yes", "--no-network"]);
    assert_eq!(sink.kept().len(), 1);
    assert_eq!(listed(&world.path("public")), built(&world));
    assert!(world.ok(&["doctor"]).contains("ok      images"));
}

#[test]
fn a_command_takes_the_pictures_along_and_its_failure_stops_the_run() {
    let sink = Sink::start(Script::default());
    let world = illustrated(&sink, "\n[images]\nurl = \"https://pictures.test\"\npublish = \"./upload {}\"\n");
    world.write(
        "upload",
        "#!/bin/sh\ntest -d server || { echo 'server: no route to host' >&2; exit 12; }\ncp \"$1\"* server/\n",
    );
    fs::set_permissions(world.path("upload"), Permissions::from_mode(0o755)).unwrap();
    approve(&world);
    let ran = world.ends(5, &["send", DATE, "--yes", "--no-network"]);
    assert!(ran.stderr.contains("exit status: 12: server: no route to host"), "{}", ran.stderr);
    assert_eq!(sink.kept().len(), 0);
    assert_eq!(world.ends(0, &["log", DATE]).stdout.matches("froze").count(), 0, "nothing was frozen");

    fs::create_dir(world.path("server")).unwrap();
    world.ends(6, &["send", DATE, "--yes", "--no-network", "--limit", "0"]);
    assert_eq!(listed(&world.path("server")), built(&world));

    // A new version brings its own pictures along.
    world.ok(&["hold", DATE]);
    draw(&world, "bells.png");
    approve(&world);
    world.ok(&["amend", DATE, "--by", "Ben"]);
    assert_eq!(listed(&world.path("server")).len(), 2);
}

/// A web of one picture, at `/picture`; `/old` leads there, and nothing else is anywhere.
fn web(picture: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4096];
            let count = stream.read(&mut asked).unwrap();
            let answer = match String::from_utf8_lossy(&asked[..count]).split(' ').nth(1).unwrap() {
                "/old/Night%20tram.png" => {
                    b"HTTP/1.1 302 So\r\nLocation: /picture\r\nContent-Length: 0\r\n\r\n".to_vec()
                }
                "/picture" => [b"HTTP/1.1 200 So\r\nConnection: close\r\n\r\n".to_vec(), picture.clone()].concat(),
                _ => b"HTTP/1.1 404 So\r\nContent-Length: 0\r\n\r\n".to_vec(),
            };
            stream.write_all(&answer).unwrap();
        }
    });
    address
}

#[test]
fn a_picture_that_stands_on_the_web_is_fetched_into_the_newsroom_when_somebody_says_so() {
    let sink = Sink::start(Script::default());
    let world = illustrated(&sink, "");
    let drawn = fs::read(world.path("issues/images/tram.png")).unwrap();
    let web = web(drawn.clone());
    let (there, gone) = (format!("{web}/old/Night%20tram.png"), format!("{web}/gone.png"));
    let story = "issues/stories/2026/tram-returns.md";
    world.write(story, &world.read(story).replace("images/tram.png", &there));
    let issue = format!("issues/morning/{DATE}.toml");
    let block = format!("\n[[block]]\ntype = \"image\"\nsrc = \"{gone}\" # of ours\nalt = \"A tram at night\"\n");
    world.write(&issue, &(world.read(&issue) + &block));

    let untouched = world.ends(3, &["check", DATE, "--fix"]);
    assert!(untouched.stdout.contains("`pressrun check --network --fix` fetches it"), "{}", untouched.stdout);
    assert!(world.read(story).contains(&there));

    let ran = world.ends(3, &["check", DATE, "--network", "--fix", "--only", "image-format"]);
    let told = format!("{}{}", ran.stdout, ran.stderr).replace(&web, "http://cms.quay");
    insta::assert_snapshot!(told);
    assert_eq!(fs::read(world.path("issues/images/night-tram.png")).unwrap(), drawn);

    // Fetched again, it is not kept twice; and the issue goes out with it.
    world.write(story, &world.read(story).replace("images/night-tram.png", &there));
    world.write(&issue, &world.read(&issue).replace(&block, ""));
    world.ok(&["check", DATE, "--network", "--fix"]);
    assert_eq!(listed(&world.path("issues/images")), ["night-tram.png", "tram.png"]);
    approve(&world);
    world.ends(0, &["send", DATE, "--yes"]);
}
