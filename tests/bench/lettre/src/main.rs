//! lettre's pool with a thread a connection: `bench-lettre PORT CONNECTIONS MESSAGES FILE`; prints the seconds.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use lettre::address::Envelope;
use lettre::transport::smtp::PoolConfig;
use lettre::{SmtpTransport, Transport};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, connections, messages, file] = &arguments[..] else { panic!("PORT CONNECTIONS MESSAGES FILE") };
    let (connections, messages): (usize, usize) = (connections.parse().unwrap(), messages.parse().unwrap());
    let message = std::fs::read(file).unwrap();
    let envelope = Envelope::new(Some("a@b.test".parse().unwrap()), vec!["c@d.test".parse().unwrap()]).unwrap();
    let pool = PoolConfig::new().max_size(u32::try_from(connections).unwrap());
    let transport = SmtpTransport::builder_dangerous("127.0.0.1").port(port.parse().unwrap()).pool_config(pool).build();
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < messages {
                    transport.send_raw(&envelope, &message).unwrap();
                }
            });
        }
    });
    println!("{}", begun.elapsed().as_secs_f64());
}
