//! TXT records, asked of the system's name server: what receivers will see of our keys and policies.
//!
//! One question over UDP (RFC 1035) with room for a long answer (RFC 6891). A resolver of our own would be a
//! library; `doctor` needs a question and an answer.

use std::fs;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use crate::clock;

const PATIENCE: Duration = Duration::from_secs(5);
/// What an answer may be long without being cut on common paths.
const ROOM: u16 = 1232;

/// The texts published under a name, each record's strings joined; empty where there are none.
///
/// # Errors
/// No name server answered: a sentence for a person.
pub(crate) fn txt(name: &str) -> Result<Vec<String>, String> {
    let conf = fs::read_to_string("/etc/resolv.conf").map_err(|error| format!("/etc/resolv.conf: {error}"))?;
    let server = |line: &str| line.strip_prefix("nameserver ")?.trim().parse::<IpAddr>().ok();
    let server = conf.lines().find_map(server).ok_or("/etc/resolv.conf names no name server")?;
    ask(SocketAddr::new(server, 53), name)
}

fn ask(server: SocketAddr, name: &str) -> Result<Vec<String>, String> {
    let failed = |error: std::io::Error| format!("the name server {server} does not answer: {error}");
    let own: IpAddr = if server.is_ipv4() { [0, 0, 0, 0].into() } else { [0_u16; 8].into() };
    let socket = UdpSocket::bind((own, 0)).map_err(failed)?;
    socket.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    socket.connect(server).map_err(failed)?;
    let id: [u8; 2] = clock::random();
    socket.send(&question(id, name)?).map_err(failed)?;
    let mut answer = [0; ROOM as usize];
    let length = socket.recv(&mut answer).map_err(failed)?;
    read(&answer[..length], id).ok_or_else(|| format!("the name server {server} gave no answer about {name}"))
}

/// One question for TXT, recursion wanted.
fn question(id: [u8; 2], name: &str) -> Result<Vec<u8>, String> {
    let mut out = id.to_vec();
    out.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    for label in name.split('.') {
        let length = u8::try_from(label.len()).ok().filter(|length| (1..=63).contains(length));
        out.push(length.ok_or_else(|| format!("`{name}` is no name of the DNS"))?);
        out.extend(label.as_bytes());
    }
    out.extend([0, 0, 16, 0, 1]);
    let room = ROOM.to_be_bytes();
    out.extend([0, 0, 41, room[0], room[1], 0, 0, 0, 0, 0, 0]);
    Ok(out)
}

/// The TXT records of an answer; `None` where it is none of ours, cut short, or a server's failure.
fn read(answer: &[u8], id: [u8; 2]) -> Option<Vec<String>> {
    let head: &[u8; 12] = answer.first_chunk()?;
    let (cut, code) = (head[2] & 2 != 0, head[3] & 15);
    // 3: there is no such name, which is an answer.
    if head[..2] != id || cut || !matches!(code, 0 | 3) {
        return None;
    }
    let count = |at: usize| usize::from(u16::from_be_bytes([head[at], head[at + 1]]));
    let mut at = 12;
    for _ in 0..count(4) {
        at = after_name(answer, at)? + 4;
    }
    let mut texts = Vec::new();
    for _ in 0..count(6) {
        at = after_name(answer, at)?;
        let fixed: &[u8; 10] = answer.get(at..)?.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([fixed[8], fixed[9]]));
        let data = answer.get(at + 10..at + 10 + length)?;
        at += 10 + length;
        if fixed[..2] == [0, 16] {
            texts.push(strings(data)?);
        }
    }
    Some(texts)
}

/// A name is labels, or a pointer to some.
fn after_name(answer: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *answer.get(at)? {
            0 => return Some(at + 1),
            length if length & 0xC0 == 0xC0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

fn strings(mut data: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    while let Some((length, rest)) = data.split_first() {
        let (own, others) = rest.split_at_checked(usize::from(*length))?;
        text.extend_from_slice(own);
        data = others;
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// The TXT records of a zone file's text, as far as `doctor --dns` needs one: `NAME … TXT "…" "…"` lines.
pub(crate) fn from_zone(text: &str, name: &str) -> Vec<String> {
    let own = |line: &str| {
        let (owner, rest) = line.trim().split_once(char::is_whitespace)?;
        let (_, data) = rest.split_once("TXT")?;
        let quoted: String = data.split('"').skip(1).step_by(2).collect();
        let value = if data.contains('"') { quoted } else { data.trim().to_owned() };
        owner.trim_end_matches('.').eq_ignore_ascii_case(name).then_some(value)
    };
    text.lines().filter_map(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name server that answers one question with these strings of one record.
    fn server(strings: &'static [&'static str], code: u8) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = socket.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut asked = [0; 512];
            let (length, from) = socket.recv_from(&mut asked).unwrap();
            let question = &asked[12..length - 11];
            let mut out = asked[..2].to_vec();
            out.extend([0x81, 0x80 | code, 0, 1, 0, u8::from(!strings.is_empty()), 0, 0, 0, 0]);
            out.extend(question);
            if !strings.is_empty() {
                let data: Vec<u8> =
                    strings.iter().flat_map(|own| [&[own.len() as u8], own.as_bytes()].concat()).collect();
                out.extend([0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
                out.extend((data.len() as u16).to_be_bytes());
                out.extend(data);
            }
            socket.send_to(&out, from).unwrap();
        });
        at
    }

    #[test]
    fn a_records_strings_are_one_text_and_no_record_is_an_answer_too() {
        let found = ask(server(&["v=DKIM1; p=", "MII"], 0), "press1._domainkey.news.example");
        assert_eq!(found.unwrap(), ["v=DKIM1; p=MII"]);
        assert!(ask(server(&[], 3), "nobody.example").unwrap().is_empty());
        assert!(ask(server(&[], 2), "broken.example").is_err(), "a server's failure is no answer");
        assert!(ask(server(&[], 0), "a..example").is_err());
    }

    #[test]
    fn an_answer_cut_anywhere_never_panics() {
        let whole = [
            7, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, b'a', 0, 0, 16, 0, 1, 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0,
            3, 2, b'h', b'i',
        ];
        assert_eq!(read(&whole, [7, 7]), Some(vec!["hi".to_owned()]));
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end], [7, 7]), None, "{end}");
        }
        assert_eq!(read(&whole, [7, 8]), None, "somebody else's answer");
    }

    #[test]
    fn a_zone_file_is_read_by_name() {
        let zone =
            "press1._domainkey.news.example. IN TXT \"v=DKIM1; p=\" \"MII\"\n_dmarc.news.example. 60 IN TXT v=DMARC1\n";
        assert_eq!(from_zone(zone, "press1._domainkey.news.example"), ["v=DKIM1; p=MII"]);
        assert_eq!(from_zone(zone, "_DMARC.news.example"), ["v=DMARC1"]);
        assert!(from_zone(zone, "news.example").is_empty());
    }
}
