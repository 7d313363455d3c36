//! Lists of readers as other programs write them: CSV or TSV, with or without a header, in UTF-8 or Latin-1.
//!
//! Reads row by row, so that a list of a gigabyte costs no memory, and never stops at a bad row: each row is a
//! reader or a reject with its line and reason. It knows no store.

use std::io::{self, BufRead, Read};

use csv::{ByteRecord, ReaderBuilder};

use crate::address::EmailAddress;

/// Letters of a first name that a mail will show.
const NAME_LENGTH: usize = 64;

/// A list being read.
pub(super) struct Roster<R> {
    reader: csv::Reader<R>,
    columns: Columns,
    record: ByteRecord,
    /// The record in `record` is the first and no header: it is still to be given.
    unread: bool,
}

/// One row, understood or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Reader { address: EmailAddress, first_name: Option<String>, text_only: bool },
    Reject(Reject),
}

/// A row that named nobody, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reject {
    /// Of the file, from 1: where the row begins.
    pub(super) line: u64,
    pub(super) reason: String,
    /// The row as it stood.
    pub(super) cells: Vec<String>,
}

/// Where the columns are that matter.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    address: usize,
    first_name: Option<usize>,
    /// A whole name, of which the first word is taken.
    whole_name: Option<usize>,
    /// How the person stands in the list it comes from.
    state: Option<usize>,
    /// The form in which they get their mail: `text`, `html`.
    format: Option<usize>,
    /// Whether they get text alone: `yes`, `1`.
    text_only: Option<usize>,
}

impl<R: BufRead> Roster<R> {
    /// Looks at the beginning of a list: its separator, and which columns it has.
    ///
    /// # Errors
    /// A sentence for a person, where it cannot be read or no column holds addresses.
    pub(super) fn open(mut input: R) -> Result<Roster<impl Read>, String> {
        let start = beginning(&mut input).map_err(unreadable)?;
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err("the list is in UTF-16; save it as CSV in UTF-8".to_owned());
        }
        let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).to_vec();
        let delimiter = delimiter(&text);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(io::Cursor::new(text).chain(input));
        let mut record = ByteRecord::new();
        reader.read_byte_record(&mut record).map_err(unreadable)?;
        let header = Columns::of_header(&record);
        let columns = match header {
            Some(columns) => columns,
            None => Columns::of_first_row(&record)?,
        };
        Ok(Roster { reader, columns, record, unread: header.is_none() })
    }
}

impl<R: Read> Roster<R> {
    /// Bytes read so far.
    pub(super) fn position(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The next row that is not empty.
    fn next_row(&mut self) -> Result<Option<Row>, String> {
        loop {
            if !std::mem::take(&mut self.unread)
                && !self.reader.read_byte_record(&mut self.record).map_err(unreadable)?
            {
                return Ok(None);
            }
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(Some(self.understand()));
            }
        }
    }

    fn understand(&self) -> Row {
        let text = unguarded(self.cell(self.columns.address));
        let understood = if text.is_empty() { Err("no address".to_owned()) } else { EmailAddress::parse(&text) };
        match (understood, self.stands_against()) {
            (Ok(address), None) => Row::Reader { address, first_name: self.first_name(), text_only: self.text_only() },
            (Err(reason), _) | (Ok(_), Some(reason)) => Row::Reject(Reject {
                line: self.record.position().map_or(0, csv::Position::line),
                reason,
                cells: self.record.iter().map(decode).collect(),
            }),
        }
    }

    /// A list that says that someone left it is believed.
    fn stands_against(&self) -> Option<String> {
        let state = self.cell(self.columns.state?).to_lowercase();
        let fine = ["", "active", "subscribed", "enabled", "confirmed"].contains(&state.as_str());
        (!fine).then(|| format!("the list says `{state}`, so this address is not subscribed"))
    }

    /// Only what is said plainly counts: whoever does not get text alone has it beside the other part.
    fn text_only(&self) -> bool {
        let says = |column: Option<usize>, words: &[&str]| {
            column.is_some_and(|column| words.contains(&self.cell(column).to_lowercase().as_str()))
        };
        says(self.columns.format, &["text", "plain", "plain text", "text/plain"])
            || says(self.columns.text_only, &["yes", "true", "1", "y", "x"])
    }

    fn first_name(&self) -> Option<String> {
        let whole = || self.columns.whole_name.map(|column| self.cell(column));
        let first_word = |name: String| name.split_whitespace().next().unwrap_or_default().to_owned();
        let name = self.columns.first_name.map(|column| self.cell(column)).or_else(|| whole().map(first_word))?;
        clean_name(&unguarded(name))
    }

    fn cell(&self, column: usize) -> String {
        self.record.get(column).map(|cell| decode(cell).trim().to_owned()).unwrap_or_default()
    }
}

impl<R: Read> Iterator for Roster<R> {
    type Item = Result<Row, String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

impl Columns {
    /// The columns a header names; `None` where the first row is no header.
    fn of_header(record: &ByteRecord) -> Option<Self> {
        let names: Vec<String> = record.iter().map(plain_name).collect();
        let find = |wanted: &[&str]| wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted));
        let address =
            find(&["email", "emailaddress", "subscriberemail", "mail", "emailadresse", "address", "adresse"])?;
        Some(Self {
            address,
            first_name: find(&["firstname", "givenname", "vorname", "first"]),
            whole_name: find(&["name", "fullname"]),
            state: find(&["state", "status", "subscriptionstatus"]),
            format: find(&["format", "emailformat", "emailtype", "mailformat"]),
            text_only: find(&["textonly", "plaintext", "nurtext"]),
        })
    }

    /// Without a header, the first column that holds an address in the first row.
    fn of_first_row(record: &ByteRecord) -> Result<Self, String> {
        let parses = |cell: &[u8]| EmailAddress::parse(&decode(cell)).is_ok();
        match record.iter().position(parses) {
            Some(address) => Ok(Self { address, ..Self::default() }),
            None if record.is_empty() => Err("the list is empty".to_owned()),
            None => {
                Err("no column of addresses; expected a header with `email`, or an address in the first row".to_owned())
            }
        }
    }
}

/// A first name as it may stand in a mail: one line, of a length a greeting bears; none where nothing is left.
pub(super) fn clean_name(name: &str) -> Option<String> {
    let visible: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(NAME_LENGTH).collect();
    let name = visible.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// A cell that a spreadsheet would take for a formula gets a quote before it.
pub(super) fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

/// Takes back the quote of `guarded`, so that an exported list comes in as it was.
fn unguarded(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        _ => cell,
    }
}

/// The first bytes, enough to see the first line; they are taken out of `input`.
fn beginning(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    input.by_ref().take(64 * 1024).read_until(b'\n', &mut start)?;
    Ok(start)
}

/// The separator most frequent in the first line outside quotes; a comma where there is none.
fn delimiter(first_line: &[u8]) -> u8 {
    let mut quoted = false;
    let mut seen = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in first_line {
        quoted ^= *byte == b'"';
        if let Some((_, times)) = seen.iter_mut().find(|(separator, _)| !quoted && separator == byte) {
            *times += 1;
        }
    }
    // The first of the best, so that a comma wins where nothing is separated.
    seen.into_iter().rev().max_by_key(|(_, times)| *times).map_or(b',', |(separator, _)| separator)
}

/// UTF-8 where it is valid, Latin-1 where it is not: every byte is a letter there.
fn decode(cell: &[u8]) -> String {
    match std::str::from_utf8(cell) {
        Ok(text) => text.to_owned(),
        Err(_) => cell.iter().copied().map(char::from).collect(),
    }
}

/// `E-Mail Address` and `email_address` are one name.
fn plain_name(cell: &[u8]) -> String {
    decode(cell).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

fn unreadable(error: impl std::fmt::Display) -> String {
    format!("the list cannot be read: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(list: impl AsRef<[u8]>) -> Vec<Row> {
        Roster::open(list.as_ref()).unwrap().map(Result::unwrap).collect()
    }

    fn reader(address: &str, first_name: &str) -> Row {
        let first_name = (!first_name.is_empty()).then(|| first_name.to_owned());
        Row::Reader { address: EmailAddress::parse(address).unwrap(), first_name, text_only: false }
    }

    #[test]
    fn every_separator_header_and_encoding_gives_the_same_readers() {
        let lists: [&[u8]; 8] = [
            b"email,first_name\nzoe@example.org,Zo\xc3\xab\n",
            b"\xef\xbb\xbfEmail Address;First Name\r\nzoe@example.org;Zo\xeb\r\n",
            b"name\tE-Mail\nZo\xeb Kravitz\tzoe@example.org",
            b"\"e-mail\",\"Vorname\"\n\"zoe@example.org\",\"Zo\xc3\xab\"\n\n\n",
            b"id,EMAIL,full name\n1, zoe@example.org ,Zo\xc3\xab de Vries\n",
            b"Address,Email Address,First Name\n\"12 Quay Street\",zoe@example.org,Zo\xc3\xab\n",
            b"first_name,status,email\nZo\xc3\xab,subscribed,zoe@example.org\n",
            b",,\nfirst,mail\nZo\xc3\xab,zoe@example.org\n",
        ];
        for list in &lists[..7] {
            assert_eq!(rows(list), [reader("zoe@example.org", "Zoë")], "{}", String::from_utf8_lossy(list));
        }
        assert!(Roster::open(lists[7]).is_err(), "a list begins with its header or a reader");
    }

    #[test]
    fn a_list_without_a_header_begins_with_a_reader() {
        assert_eq!(rows("a@example.org\nb@example.org\n"), [reader("a@example.org", ""), reader("b@example.org", "")]);
        assert_eq!(
            rows("7;a@example.org\n8;b@example.org"),
            [reader("a@example.org", ""), reader("b@example.org", "")]
        );
    }

    #[test]
    fn a_bad_row_is_rejected_with_its_line_and_reason_and_stops_nothing() {
        let list = "email,note\na@example.org,\"two\nlines\"\nnot an address,x\n,y\nb@example.org\nc@example.org,left,much,more\n";
        let rows = rows(list);
        assert_eq!(rows.len(), 5);
        let rejects: Vec<_> =
            rows.iter().filter_map(|row| if let Row::Reject(reject) = row { Some(reject) } else { None }).collect();
        assert_eq!(rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(rejects[0].reason, "`not an address` has no @");
        assert_eq!(rejects[0].cells, ["not an address", "x"]);
        assert_eq!(rejects[1].reason, "no address");
    }

    #[test]
    fn whoever_left_another_list_is_not_brought_back_by_it() {
        let rows = rows("email,state\na@example.org,active\nb@example.org,Left\n");
        assert_eq!(rows[0], reader("a@example.org", ""));
        assert!(matches!(&rows[1], Row::Reject(reject) if reject.reason.contains("`left`")), "{rows:?}");
    }

    #[test]
    fn whoever_wants_text_alone_is_found_by_the_words_of_other_programs() {
        let wanting = |list: &str| {
            let wants = |row| matches!(row, Row::Reader { text_only: true, .. });
            rows(list).into_iter().map(wants).collect::<Vec<_>>()
        };
        assert_eq!(
            wanting("email,text_only\na@example.org,yes\nb@example.org,\nc@example.org,no\n"),
            [true, false, false]
        );
        assert_eq!(wanting("Email Address,EMAIL_TYPE\na@example.org,text\nb@example.org,html\n"), [true, false]);
        assert_eq!(wanting("a@example.org\n"), [false]);
    }

    #[test]
    fn a_name_is_one_line_of_bearable_length() {
        assert_eq!(clean_name(" Anna\r\nBcc: all "), Some("Anna  Bcc: all".to_owned()));
        assert_eq!(clean_name("\u{7}"), None);
        assert_eq!(clean_name(&"x".repeat(200)).unwrap().len(), NAME_LENGTH);
    }

    #[test]
    fn a_guarded_cell_comes_back_as_it_was() {
        for (cell, guard) in [("=1+1", "'=1+1"), ("+a@example.org", "'+a@example.org"), ("Anna", "Anna"), ("@x", "'@x")]
        {
            assert_eq!(guarded(cell), guard);
            assert_eq!(unguarded(guard.to_owned()), cell);
        }
    }

    #[test]
    fn what_is_no_list_says_so() {
        let error = |list: &[u8]| Roster::open(list).err().unwrap();
        assert_eq!(error(b""), "the list is empty");
        assert!(error(b"name,town\nAnna,Bath\n").contains("expected a header with `email`"));
        assert!(error(b"\xff\xfee\0m\0a\0i\0l\0").contains("UTF-16"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_stop(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let list = [b"email,name\n".as_slice(), &bytes].concat();
            for row in Roster::open(list.as_slice()).unwrap() {
                row.unwrap();
            }
        }
    }
}
