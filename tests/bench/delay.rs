//! A distant relay, nearby: passes bytes on after a while, in both directions, without ever pushing back.
//!
//! `delay LISTEN TARGET MILLISECONDS` listens and connects on loopback and adds so many milliseconds each way,
//! so a round trip takes twice that. Two threads a direction, one that reads and one that waits: it never
//! narrows the way, only lengthens it. Built by `tests/bench/run` with rustc alone.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listen, target, milliseconds] = &arguments[..] else { panic!("delay LISTEN TARGET MILLISECONDS") };
    let target: u16 = target.parse().expect("a port");
    let delay = Duration::from_secs_f64(milliseconds.parse::<f64>().expect("milliseconds") / 1000.0);
    let listener = TcpListener::bind(("127.0.0.1", listen.parse().expect("a port"))).expect("the port is free");
    for near in listener.incoming().flatten() {
        let Ok(far) = TcpStream::connect(("127.0.0.1", target)) else { continue };
        for (from, to) in [(&near, &far), (&far, &near)] {
            // Without it the delay would depend on what the other end acknowledges.
            from.set_nodelay(true).expect("a connected socket takes options");
            carry(from.try_clone().expect("a descriptor"), to.try_clone().expect("a descriptor"), delay);
        }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (underway, arriving) = channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut chunk = vec![0; 256 * 1024];
        loop {
            let count = from.read(&mut chunk).unwrap_or(0);
            if underway.send((Instant::now() + delay, chunk[..count].to_vec())).is_err() || count == 0 {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in arriving {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if bytes.is_empty() || to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _the_other_end_may_be_gone = to.shutdown(Shutdown::Write);
    });
}
