//! Somebody at a terminal: a command whose three streams are one, as a person has them, and who reads before typing.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::world::World;

/// How long a question may be waited for.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Person {
    command: Child,
    keys: File,
    screen: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    /// How much of it was answered.
    read: usize,
}

impl Person {
    /// Types a command, with these variables in the environment.
    pub(crate) fn at(world: &World, environment: &[(&str, &str)], args: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let line = PathBuf::from(ptsname(&master, Vec::new()).unwrap().into_string().unwrap());
        let line = OpenOptions::new().read(true).write(true).open(line).unwrap();
        let mut command = world.command(args);
        command.env("TERM", "xterm").env("NO_COLOR", "1").envs(environment.iter().copied());
        command.stdin(line.try_clone().unwrap()).stdout(line.try_clone().unwrap()).stderr(line);
        let started = command.spawn().unwrap();
        // Its ends of the line go with it, so that ours ends when the command does.
        drop(command);
        let keys = File::from(master);
        let mut eyes = keys.try_clone().unwrap();
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            // Reading fails once nobody is at the other end.
            while let Ok(read @ 1..) = eyes.read(&mut chunk) {
                if sender.send(chunk[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { command: started, keys, screen, seen: Vec::new(), read: 0 }
    }

    /// Waits until these words stand on the screen, below what was read before.
    #[track_caller]
    pub(crate) fn reads(&mut self, words: &str) {
        let begun = Instant::now();
        loop {
            if let Some(at) = find(&self.seen[self.read..], words.as_bytes()) {
                self.read += at + words.len();
                return;
            }
            match self.screen.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
                Ok(more) => self.seen.extend(more),
                Err(_) => panic!("`{words}` never came: {}", String::from_utf8_lossy(&self.seen)),
            }
        }
    }

    /// Reads a question and answers it with a line.
    #[track_caller]
    pub(crate) fn answers(&mut self, question: &str, answer: &str) {
        self.reads(question);
        self.types(&format!("{answer}\r"));
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for the end: the exit code, and all that stood on the screen.
    pub(crate) fn leaves(mut self) -> (i32, String) {
        while let Ok(more) = self.screen.recv_timeout(PATIENCE) {
            self.seen.extend(more);
        }
        let code = self.command.wait().unwrap().code().unwrap_or(-1);
        (code, String::from_utf8_lossy(&self.seen).replace("\r\n", "\n"))
    }
}

fn find(text: &[u8], words: &[u8]) -> Option<usize> {
    text.windows(words.len()).position(|window| window == words)
}
