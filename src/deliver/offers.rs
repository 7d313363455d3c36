//! What a relay offers in its answer to EHLO, whatever the case it says it in.

/// The extensions that matter to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub(super) starttls: bool,
    pub(super) pipelining: bool,
    pub(super) eight_bit: bool,
    pub(super) utf8: bool,
    /// RFC 1870; a limit of 0 is none.
    pub(super) size: Option<usize>,
    pub(super) plain: bool,
    pub(super) login: bool,
    pub(super) xoauth2: bool,
}

impl Offers {
    /// Reads the lines of the answer; the first is the relay's name.
    pub(super) fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut offers = Self::default();
        for line in lines.skip(1) {
            let line = line.to_ascii_uppercase();
            // `AUTH=PLAIN` is how servers of the last century say it.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => offers.starttls = true,
                Some("PIPELINING") => offers.pipelining = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SMTPUTF8") => offers.utf8 = true,
                Some("SIZE") => offers.size = Some(words.next().and_then(|limit| limit.parse().ok()).unwrap_or(0)),
                Some("AUTH") => {
                    for mechanism in words {
                        offers.plain |= mechanism == "PLAIN";
                        offers.login |= mechanism == "LOGIN";
                        offers.xoauth2 |= mechanism == "XOAUTH2";
                    }
                }
                _ => {}
            }
        }
        offers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_read_in_any_case_and_order() {
        let lines = "relay\nstarttls\nPipelining\nsize 1000\nAuth login PLAIN xoauth2\n8bitmime\nsmtputf8\nX-THING";
        let all = Offers {
            starttls: true,
            pipelining: true,
            eight_bit: true,
            utf8: true,
            size: Some(1000),
            plain: true,
            login: true,
            xoauth2: true,
        };
        assert_eq!(Offers::read(lines.lines()), all);
        assert_eq!(
            Offers::read("STARTTLS\nSIZE\nAUTH=LOGIN".lines()),
            Offers { size: Some(0), login: true, ..Offers::default() }
        );
    }
}
