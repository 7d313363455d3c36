//! A reader's own page: leaving, returning, and the form in which everything comes.

use super::*;

#[tokio::test]
async fn a_reader_leaves_and_returns_on_the_preferences_page() {
    let house = House::open();
    let path = house.link(|links| links.preferences());
    let page = house.get(&path).await;
    assert_eq!(page.count("button[name=leave]"), 2);
    assert!(!page.body.contains("anna@reader.example") && page.body.contains("a…@reader.example"));

    let left = house.post_form(&path, "leave=morning").await;
    assert_eq!((left.count("button[name=leave]"), left.count("button[name=return]")), (1, 1));
    assert_eq!(house.state("morning"), SubscriptionState::Left);

    let back = house.post_form(&path, "return=morning").await;
    assert!(back.body.contains("Welcome back"), "{}", back.body);
    assert_eq!(house.state("morning"), SubscriptionState::Active);

    house.post_form(&path, "return=somebody-elses").await;
    let store = house.store();
    let reader = store.reader_by_key(&house.key).unwrap().unwrap();
    assert_eq!(store.subscriptions(reader.id).unwrap().len(), 2, "a link opens no newsletter of others");
}

#[tokio::test]
async fn a_reader_chooses_the_text_edition_alone_and_the_designed_one_again() {
    let house = House::open();
    let path = house.link(|links| links.preferences());
    let text_only = || house.store().reader_by_key(&house.key).unwrap().unwrap().text_only;
    let page = house.get(&path).await;
    assert_eq!((page.count("button[name=form][value=text]"), text_only()), (1, false), "a look changes nothing");

    let chosen = house.post_form(&path, "form=text").await;
    assert!(chosen.body.contains("you get plain text only"), "{}", chosen.body);
    assert_eq!((chosen.count("button[name=form][value=designed]"), text_only()), (1, true));
    assert_eq!(house.state("morning"), SubscriptionState::Active, "what they get stays as it was");

    house.post_form(&path, "form=designed").await;
    assert!(!text_only());
    assert_eq!(house.post_form(&path, "form=fax").await.status, 422);
}
