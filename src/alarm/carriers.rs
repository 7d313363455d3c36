//! The three carriers of the alarm, where it meets the world: a mail over a relay, a POST, a command.
//!
//! None of them waits long, and what one cannot do stops nothing: it is said, and tried again at the next look. An
//! address that is a secret by itself, as a chat's webhook is, is named by its key and never printed.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Carrier, Case, Stage};
use crate::address::Mailbox;
use crate::config::{Alarm, Config, Newsletter};
use crate::deliver::{self, Note};
use crate::errand::Errand;
use crate::http::{Ask, Http};

/// How long a webhook and a command may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The carriers `[alarm]` names.
pub(crate) struct Carriers<'a> {
    config: &'a Config,
    /// Whether other machines than the relay may be asked.
    network: bool,
}

impl<'a> Carriers<'a> {
    pub(crate) fn of(config: &'a Config, network: bool) -> Self {
        Self { config, network }
    }

    /// Those that can carry now.
    pub(crate) fn list(&self) -> Vec<Carrier> {
        let Alarm { to, webhook, command, .. } = &self.config.alarm;
        let can = |carrier: &Carrier| match carrier {
            Carrier::Mail => !to.is_empty(),
            Carrier::Webhook => webhook.is_some() && self.network,
            Carrier::Command => command.is_some(),
        };
        Carrier::ALL.into_iter().filter(can).collect()
    }

    /// Tells one stage of a case.
    ///
    /// # Errors
    /// A sentence: who could not be told, and why.
    pub(crate) fn carry(&self, carrier: Carrier, case: &Case, stage: Stage, now: DateTime<Utc>) -> Result<(), String> {
        match carrier {
            Carrier::Mail => self.mail(case, stage, now),
            Carrier::Webhook => self.post(case, stage),
            Carrier::Command => self.run(case, stage),
        }
    }

    fn mail(&self, case: &Case, stage: Stage, now: DateTime<Utc>) -> Result<(), String> {
        let Config { alarm, publication, relays, .. } = self.config;
        let relay =
            relays.get(&alarm.relay).ok_or_else(|| format!("there is no relay `{}` for the alarm", alarm.relay))?;
        let newsletter = self.newsletter(case).ok_or("no newsletter lends the alarm its address")?;
        let from = Mailbox { name: Some("pressrun".to_owned()), address: newsletter.from.address.clone() };
        let subject = case.subject(stage);
        let text = case.text(stage, &publication.name, newsletter.timezone);
        for to in &alarm.to {
            let note = Note { from: &from, to, subject: &subject, text: &text, html: None, at: now };
            deliver::note(relay, &note).map_err(|why| format!("the alarm's mail to {to} did not leave: {why}"))?;
        }
        Ok(())
    }

    /// Whose address a mail comes from: that of the newsletter it is about, or of the house's first.
    fn newsletter(&self, case: &Case) -> Option<&'a Newsletter> {
        self.config.newsletters.get(&case.about.newsletter).or_else(|| self.config.front())
    }

    fn post(&self, case: &Case, stage: Stage) -> Result<(), String> {
        let Some(webhook) = &self.config.alarm.webhook else { return Ok(()) };
        let answer = Http::new(PATIENCE).post(webhook.reveal(), &case.json(stage));
        match answer {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(format!("`[alarm] webhook` did not take it: it answers {}", answer.status)),
            Err(silence) => Err(format!("`[alarm] webhook` was not reached: {}", webhook.hide(&silence.to_string()))),
        }
    }

    fn run(&self, case: &Case, stage: Stage) -> Result<(), String> {
        let Some(command) = &self.config.alarm.command else { return Ok(()) };
        let (subject, object) = (case.subject(stage), format!("{}\n", case.json(stage)));
        let errand = Errand {
            command,
            folder: &self.config.root,
            environment: &[
                ("PRESSRUN_EVENT", case.about.trouble.as_str()),
                ("PRESSRUN_STAGE", stage.as_str()),
                ("PRESSRUN_NEWSLETTER", &case.about.newsletter),
                ("PRESSRUN_SLOT", &case.about.slot),
                ("PRESSRUN_TEXT", &subject),
            ],
            input: object.as_bytes(),
            patience: PATIENCE,
        };
        errand.run().map_err(|why| format!("`[alarm] command` {why}"))
    }

    /// Says that this machine still does its rounds, so that silence is noticed elsewhere.
    ///
    /// # Errors
    /// A sentence: it could not be said.
    pub(crate) fn heartbeat(&self) -> Result<(), String> {
        let Some(url) = self.config.alarm.heartbeat_url.as_ref().filter(|_| self.network) else { return Ok(()) };
        match Http::new(PATIENCE).ask(Ask::Get { most: 1 }, url.reveal()) {
            Ok(answer) if answer.status < 400 => Ok(()),
            Ok(answer) => Err(format!("`[alarm] heartbeat_url` answers {}", answer.status)),
            Err(silence) => Err(format!("`[alarm] heartbeat_url` was not reached: {}", url.hide(&silence.to_string()))),
        }
    }
}
