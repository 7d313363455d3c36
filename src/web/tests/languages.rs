//! Readers' pages in the language of the house: a reader who cannot read a page cannot leave.

use super::*;

#[tokio::test]
async fn the_pages_speak_the_publication_s_language() {
    let spoken = [
        ("ar", "rtl", "إلغاء الاشتراك", "أُلغي اشتراكك في «The Morning Sheet».", "الثلاثاء، 24 نوفمبر 2026"),
        ("de-AT", "ltr", "Abmelden", "Sie haben „The Morning Sheet“ abbestellt.", "Dienstag, 24. November 2026"),
        ("ja", "ltr", "配信停止", "「The Morning Sheet」の配信を停止しました。", "2026年11月24日火曜日"),
        ("fi", "ltr", "Unsubscribe", "You have left The Morning Sheet.", "Tuesday 24 November 2026"),
    ];
    for (language, direction, button, left, date) in spoken {
        let house = House::open_in(language);
        let ask = house.get(&house.leaving()).await;
        // Where there are no words the page is English, and says so.
        let says = if language == "fi" { "en" } else { language };
        assert!(ask.body.contains(&format!("<html lang=\"{says}\" dir=\"{direction}\">")), "{}", ask.body);
        assert!(ask.body.contains(&format!("<button class=\"deed\">{button}</button>")), "{}", ask.body);
        assert!(ask.body.contains("<bdi dir=\"ltr\">a…@reader.example</bdi>"), "{}", ask.body);
        assert!(house.get("/").await.body.contains(date), "{language}");
        assert!(house.post_form(&house.leaving(), "").await.body.contains(left), "{language}");
        for path in ["/nowhere", "/u/morning/forged"] {
            let english = house.get(path).await.body.contains("This link is not whole");
            assert_eq!(english, language == "fi" && path.starts_with("/u/"), "{language} {path}");
        }
        let poll = house.post_form(&house.link(|links| links.poll("b7", 1)), "").await;
        assert_eq!(poll.body.contains("1 reader has answered"), language == "fi", "{language}");
    }
}
