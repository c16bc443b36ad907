//! Two tabs write to one store. Neither may undo what the other has noted, so that what is written is both of theirs.

/// What can be made one with another tab's. The order of merging must not matter, nor how often it is done.
pub trait Merge {
    /// Everything of both; of what both have, the newer.
    fn merged(&self, other: &Self) -> Self;
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::record;
    use super::super::{ChapterProgress, RunHistory, RunRecord};
    use super::*;

    /// Whatever is merged with whatever, in any order, twice or once, comes out the same.
    fn is_lawful<T: Merge + PartialEq + std::fmt::Debug>(all: &[T]) {
        for a in all {
            for b in all {
                let both = a.merged(b);
                assert_eq!(both, b.merged(a), "order");
                assert_eq!(both.merged(a), both, "again");
                for c in all {
                    assert_eq!(both.merged(c), a.merged(&b.merged(c)), "grouping");
                }
            }
        }
    }

    fn made(key: &str, accuracy: f64, at: f64) -> RunRecord {
        RunRecord {
            made_at_millis: at,
            ..record("loss", key, accuracy, 50.0)
        }
    }

    fn history(runs: &[RunRecord]) -> RunHistory {
        let mut history = RunHistory::default();
        runs.iter().cloned().for_each(|run| history.put(run));
        history
    }

    fn keys(history: &RunHistory) -> Vec<(&str, f64)> {
        let runs = history.records().iter();
        runs.map(|run| (run.key.as_str(), run.made_at_millis))
            .collect()
    }

    #[test]
    fn runs_of_two_tabs_are_both_kept() {
        let here = history(&[made("low", 0.6, 10.0), made("high", 0.7, 30.0)]);
        let there = history(&[made("low", 0.65, 20.0), made("", 0.5, 40.0)]);
        let both = here.merged(&there);
        assert_eq!(keys(&both), [("low", 20.0), ("high", 30.0), ("", 40.0)]);
        is_lawful(&[here, there, both, RunHistory::default()]);
    }

    #[test]
    fn what_one_tab_forgets_the_other_does_not_bring_back() {
        let here = history(&[made("low", 0.6, 10.0)]);
        let mut there = here.clone();
        there.forget_lesson_at("loss", 15.0);
        assert_eq!(keys(&here.merged(&there)), []);
        let mut later = here.clone();
        later.put(made("high", 0.6, 20.0));
        assert_eq!(keys(&later.merged(&there)), [("high", 20.0)]);
        let mut all = later.clone();
        all.forget_all_at(25.0);
        assert_eq!(keys(&later.merged(&all)), []);
        is_lawful(&[here, there, later, all]);
    }

    #[test]
    fn runs_older_than_their_dates_keep_their_order() {
        let old = history(&[
            made("b", 0.6, 0.0),
            made("a", 0.7, 0.0),
            made("c", 0.7, 0.0),
        ]);
        let merged = old.merged(&old);
        let order: Vec<&str> = merged
            .records()
            .iter()
            .map(|run| run.key.as_str())
            .collect();
        assert_eq!(order, ["b", "a", "c"]);
        let newer = old.merged(&history(&[made("a", 0.8, 50.0)]));
        assert_eq!(newer.records().last().unwrap().after.unwrap().accuracy, 0.8);
        assert_eq!(newer.records().len(), 3);
    }

    #[test]
    fn answers_of_two_tabs_are_both_kept() {
        let (mut here, mut there) = (ChapterProgress::default(), ChapterProgress::default());
        here.answer_at("lora", "chance", 1, 10.0);
        here.pass_at("lora", "chance", 10.0);
        here.open_at("lora", 10.0);
        there.answer_at("lora", "chance", 2, 20.0);
        there.answer_at("loss", "first", 0, 5.0);
        there.open_at("loss", 30.0);
        let both = here.merged(&there);
        assert_eq!(both.answer("lora", "chance"), Some(2));
        assert_eq!(both.answer("loss", "first"), Some(0));
        assert!(both.has_passed("lora", "chance"));
        assert_eq!(both.last.as_deref(), Some("loss"));
        let mut afresh = both.clone();
        afresh.forget_lesson_at("lora", 40.0);
        assert_eq!(both.merged(&afresh).answer("lora", "chance"), None);
        assert!(!both.merged(&afresh).has_passed("lora", "chance"));
        let mut again = both.clone();
        again.answer_at("lora", "chance", 0, 50.0);
        assert_eq!(again.merged(&afresh).answer("lora", "chance"), Some(0));
        let mut nothing = again.clone();
        nothing.forget_all_at(60.0);
        assert!(again.merged(&nothing).is_empty());
        is_lawful(&[here, there, both, afresh, again, nothing]);
    }

    #[test]
    fn answers_of_an_older_page_are_read_and_kept() {
        let old =
            r#"{"lessons":{"lora":{"answers":{"chance":2},"passed":["chance"]}},"last":"lora"}"#;
        let old: ChapterProgress = serde_json::from_str(old).unwrap();
        let mut here = ChapterProgress::default();
        here.answer_at("loss", "first", 0, 5.0);
        let both = here.merged(&old);
        assert_eq!(both.answer("lora", "chance"), Some(2));
        assert!(both.has_passed("lora", "chance"));
        assert_eq!(both.last.as_deref(), Some("lora"));
        is_lawful(&[old, here, both]);
    }
}
