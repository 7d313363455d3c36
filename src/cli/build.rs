//! `build` and `show`: the issue as the specimen reader gets it, the same bytes from the same input.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::address::EmailAddress;
use crate::cli::{Exit, Failure, Outcome, World, findings, pick};
use crate::config::{Config, Newsletter};
use crate::edition::Reader;
use crate::files;
use crate::press::{self, Proof, Specimen, SpecimenNewsroom};
use crate::render::{Bill, CLIP};

/// Write the finished issue to a folder: issue.html, issue.txt, issue.eml, web.html, images
///
/// Stamped for a specimen reader with a specimen key and the slot as its date, so the same input makes the
/// same bytes. issue.html and web.html, the web edition, show the pictures beside them; issue.eml is the mail
/// as it would leave.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun build -o /tmp/look
    pressrun build 2026-11-24 -o /tmp/look --reader anna@example.org
    pressrun build --specimen -o /tmp/look")]
pub(crate) struct Build {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    /// The folder to write to; made where it is missing
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Stamp it for this subscriber instead of the specimen
    #[arg(long, value_name = "ADDRESS")]
    reader: Option<String>,
    /// Every block there is in the newsletter's look, for a designer: specimen.html, .txt, .eml
    #[arg(long, conflicts_with_all = ["date", "reader"])]
    specimen: bool,
}

/// The same to stdout: the text part, or with an option the HTML part or the whole mail
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun show                     the text of the next issue
    pressrun show 2026-11-24 --bill
    pressrun show --html | tidy -q -e")]
pub(crate) struct Show {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    /// The plain-text part (the default)
    #[arg(long, group = "form")]
    text: bool,
    /// The HTML part
    #[arg(long, group = "form")]
    html: bool,
    /// The whole mail
    #[arg(long, group = "form")]
    eml: bool,
    /// What each block costs in bytes of HTML, and the room left before Gmail cuts the mail off
    #[arg(long, group = "form")]
    bill: bool,
}

impl Build {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        if self.specimen {
            let newsroom = SpecimenNewsroom::lay_out(&config, pick::newsletter(world, &config, None)?)
                .map_err(Failure::unexpected)?;
            let proof = findings::proof(world, newsroom.pull())?;
            let reader = Reader::specimen();
            return self.write(world, "specimen", &newsroom.config, &newsroom.newsletter, &proof, &reader);
        }
        let (newsletter, proof) = proof(world, &config, self.date.as_deref())?;
        let reader = match &self.reader {
            None => Reader::specimen(),
            Some(address) => subscriber(world, &config, address)?,
        };
        self.write(world, "issue", &config, newsletter, &proof, &reader)
    }

    /// The three forms of a proof under one name, and its pictures beside them.
    fn write(
        &self,
        world: &World,
        name: &str,
        config: &Config,
        newsletter: &Newsletter,
        proof: &Proof,
        reader: &Reader,
    ) -> Outcome {
        let specimen = proof.specimen(config, newsletter, reader).map_err(Failure::usage)?;
        let html = proof.with_pictures_at("images/", &specimen.html, config);
        let path = |ending: &str| self.output.join(format!("{name}.{ending}"));
        write(world, &path("html"), html.as_bytes())?;
        write(world, &path("txt"), specimen.text.as_bytes())?;
        write(world, &path("eml"), &specimen.eml)?;
        if reader.text_only {
            world.say(format_args!("{} gets the text edition alone: {name}.eml is that", reader.address));
        }
        if name == "issue" {
            // Only what is shown moves beside it: the addresses that other sites are given stay whole.
            let served = format!("{}/", config.images_url());
            let shown = ["src=\"", "srcset=\""].map(|source| (format!("{source}{served}"), format!("{source}images/")));
            let web = shown.iter().fold(proof.web.clone(), |web, (there, here)| web.replace(there, here));
            write(world, &self.output.join("web.html"), web.as_bytes())?;
        }
        for picture in &proof.pictures {
            write(world, &self.output.join("images").join(&picture.file_name), &picture.content)?;
        }
        Ok(Exit::Done)
    }
}

impl Show {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let (newsletter, proof) = proof(world, &config, self.date.as_deref())?;
        if self.bill {
            return show_bill(world, &proof.bill);
        }
        let Specimen { html, text, eml } =
            proof.specimen(&config, newsletter, &Reader::specimen()).map_err(Failure::usage)?;
        match (self.html, self.eml) {
            (true, _) => world.print_raw(html.as_bytes())?,
            (_, true) => world.print_raw(&eml)?,
            _ => world.print_raw(text.as_bytes())?,
        }
        Ok(Exit::Done)
    }
}

fn show_bill(world: &World, bill: &Bill) -> Outcome {
    let total = bill.total();
    let line = |id: Option<&str>, name: &str, bytes: usize| {
        let share = 100.0 * bytes as f64 / total.max(1) as f64;
        let json =
            serde_json::json!({"block": id, "name": name, "bytes": bytes, "share": bytes as f64 / total.max(1) as f64});
        world.tell(format!("{bytes:>7} {share:>5.1} %  {name}"), json)
    };
    line(None, "head, style sheet and masthead", bill.head)?;
    for cost in &bill.blocks {
        line(Some(&cost.id), &cost.name, cost.bytes)?;
    }
    line(None, "footer", bill.foot)?;
    let left = CLIP as i64 - total as i64;
    let words =
        format!("{total:>7}          in all, every slot at its longest; Gmail cuts at {CLIP}, {left} bytes from here");
    world.tell(words, serde_json::json!({"total": total, "clip": CLIP, "left": left}))?;
    Ok(Exit::Done)
}

/// The issue meant, compiled and rendered; what the checks say of it goes to stderr. It may be an unsent one
/// without a store: nothing but files is needed.
fn proof<'c>(world: &World, config: &'c Config, date: Option<&str>) -> Result<(&'c Newsletter, Proof), Failure> {
    let newsletter = pick::newsletter(world, config, date)?;
    let slot = match date {
        Some(_) => pick::typed(world, newsletter, date.unwrap_or_default())?,
        None => pick::slot(world, config, newsletter, &world.store(config)?, None)?,
    };
    let pulled = press::pull(config, newsletter, &slot);
    world.took("compile", pulled.took.compile);
    world.took("render", pulled.took.render);
    Ok((newsletter, findings::proof(world, pulled)?))
}

fn subscriber(world: &World, config: &Config, address: &str) -> Result<Reader, Failure> {
    let address = EmailAddress::parse(address).map_err(Failure::usage)?;
    let found = world.store(config)?.reader_by_address(&address)?;
    let reader = found.ok_or_else(|| Failure::usage(format!("{address} is not on the list")))?;
    Ok(Reader { address, first_name: reader.first_name, key: reader.key, text_only: reader.text_only })
}

/// Writes a file and says which.
fn write(world: &World, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    files::write_whole(path, bytes)
        .map_err(|error| Failure::unexpected(format!("could not write {}: {error}", path.display())))?;
    world.tell(path.display(), serde_json::json!({"wrote": path.display().to_string()}))
}
