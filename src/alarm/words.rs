//! What a case says to people and to programs.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{Case, Stage};

impl Case {
    /// The sentence of a stage.
    fn sentence(&self, stage: Stage) -> &str {
        match (stage, &self.over) {
            (Stage::Over, Some(over)) => over,
            _ => &self.words.what,
        }
    }

    /// One line: the subject of a mail.
    pub(super) fn subject(&self, stage: Stage) -> String {
        match stage {
            Stage::Begun => self.sentence(stage).to_owned(),
            Stage::Over => format!("all well again: {}", self.sentence(stage)),
        }
    }

    /// A few lines, times as the house reads them.
    pub(super) fn text(&self, stage: Stage, house: &str, zone: Tz) -> String {
        let at = self.since.with_timezone(&zone).format("%H:%M on %A %-d %B %Y, %Z");
        let told = match stage {
            Stage::Begun => format!("Seen first at {at}. You are told once, and once more when it is over."),
            Stage::Over => format!("It was first seen at {at}: {}.", self.words.what),
        };
        let mend = match stage {
            Stage::Begun if !self.words.mend.is_empty() => format!("\n{}\n", self.words.mend),
            Stage::Begun | Stage::Over => String::new(),
        };
        format!("{}.\n{mend}\n{told}\n\n-- \npressrun, for {house}\n", capital(&self.subject(stage)))
    }

    /// One object. `text` is what a chat shows of it.
    pub(super) fn json(&self, stage: Stage) -> Value {
        let issue = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        json!({
            "event": self.about.trouble.as_str(),
            "stage": stage.as_str(),
            "newsletter": issue(&self.about.newsletter),
            "slot": issue(&self.about.slot),
            "text": self.subject(stage),
            "help": issue(&self.words.mend).filter(|_| stage == Stage::Begun),
            "since": self.since.to_rfc3339(),
        })
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
