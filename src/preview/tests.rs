//! The view's words, as they stand in an address.

use super::view::{Look, Side, View};

#[test]
fn an_address_says_only_what_is_not_as_usual() {
    assert_eq!(View::default().query(), "?");
    let view = View { look: Look::Dark, side: Side::Text, reader: "a+b@c.test".to_owned(), ..View::default() };
    assert_eq!(view.query(), "?look=dark&reader=a%2Bb%40c%2Etest&side=text");
}
