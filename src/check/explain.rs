//! What each check wants and why, as `explain` says it; the words stand in explain.md.

const PAGES: &str = include_str!("explain.md");

/// Rule, reason and source of a check; empty for a name that is none.
pub(crate) fn page(name: &str) -> (&'static str, &'static str, &'static str) {
    let page = PAGES.split("## ").find_map(|page| page.strip_prefix(name)?.strip_prefix('\n')).unwrap_or_default();
    let line = |head: &str| page.lines().find_map(|line| line.strip_prefix(head)).unwrap_or_default();
    (line("Rule: "), line("Why: "), line("Source: "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;

    #[test]
    fn every_check_is_explained_and_nothing_else_is() {
        for name in check::names() {
            let (rule, why, source) = page(name);
            assert!(rule.ends_with('.') && why.ends_with('.') && source.ends_with('.'), "{name}");
        }
        for name in PAGES.lines().filter_map(|line| line.strip_prefix("## ")) {
            assert!(check::find(name).is_some(), "{name} is no check");
        }
    }
}
