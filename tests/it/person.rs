//! Somebody at a terminal: a command whose three streams are one, as a person has them, and who reads before typing.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::world::World;

/// How long a question may be waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a command that reads key by key has to wait for one before it is sure to be the next to read it. Between
/// two keys it leaves the line to the kernel, which takes Backspace and Ctrl-C for itself.
const SETTLED: Duration = Duration::from_millis(40);

pub(crate) struct Person {
    command: Child,
    keys: File,
    shown: Receiver<Vec<u8>>,
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
        let plain = world.command(args);
        // The line is its own, so that Ctrl-C reaches it whoever reads the line.
        let mut command = Command::new("/usr/bin/setsid");
        command.arg("--ctty").arg(plain.get_program()).args(args).current_dir(world.path("")).env_clear();
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("TERM", "xterm").env("NO_COLOR", "1").envs(environment.iter().copied());
        command.stdin(line.try_clone().unwrap()).stdout(line.try_clone().unwrap()).stderr(line);
        let started = command.spawn().unwrap();
        // Its ends of the line go with it, so that ours ends when the command does.
        drop(command);
        let keys = File::from(master);
        let mut eyes = keys.try_clone().unwrap();
        let (sender, shown) = channel();
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            // Reading fails once nobody is at the other end.
            while let Ok(read @ 1..) = eyes.read(&mut chunk) {
                if sender.send(chunk[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { command: started, keys, shown, seen: Vec::new(), read: 0 }
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
            match self.shown.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
                Ok(more) => self.seen.extend(more),
                Err(_) => panic!("`{words}` never came: {}", self.screen()),
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

    /// One key that is no letter, once the command waits for it.
    #[track_caller]
    pub(crate) fn presses(&mut self, key: &str) {
        let begun = Instant::now();
        let mut since = begun;
        while since.elapsed() < SETTLED {
            assert!(begun.elapsed() < PATIENCE, "no key is waited for: {}", self.screen());
            if tcgetattr(&self.keys).unwrap().local_modes.contains(LocalModes::ICANON) {
                since = Instant::now();
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.types(key);
    }

    /// Waits for the end: the exit code, and all that stood on the screen.
    #[track_caller]
    pub(crate) fn leaves(mut self) -> (i32, String) {
        loop {
            match self.shown.recv_timeout(PATIENCE) {
                Ok(more) => self.seen.extend(more),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it still waits for something: {}", self.screen()),
            }
        }
        let code = self.command.wait().unwrap().code().unwrap_or(-1);
        (code, self.screen())
    }

    fn screen(&self) -> String {
        String::from_utf8_lossy(&self.seen).replace("\r\n", "\n")
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        // Whoever waits for a key that nobody will press; one that has left is gone already.
        let _ = self.command.kill();
        let _ = self.command.wait();
    }
}

fn find(text: &[u8], words: &[u8]) -> Option<usize> {
    text.windows(words.len()).position(|window| window == words)
}
