//! What the page makes of the loaded model's kind: its words for modules, and what it can be asked for.

use super::State;
use crate::protocol::{Command, GeneralScore, Speech};
use crate::settings::Family;

/// What a run is watched for forgetting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Perplexity on the general text; higher is worse.
    Language,
    /// Questions that find their passage; lower is worse.
    Retrieval,
}

impl State {
    pub fn family(&self) -> Option<Family> {
        self.model.as_ref().map(|model| model.family)
    }

    /// A loaded model that does not go on with texts: its name, and what it does instead.
    pub fn speechless(&self) -> Option<(String, Speech)> {
        let model = self.model.as_ref()?;
        (model.speech != Speech::NextToken).then(|| (model.name.clone(), model.speech))
    }

    /// Whether the loaded model can be asked what comes next.
    pub fn goes_on_with_texts(&self) -> bool {
        let speech = self.model.as_ref().map(|model| model.speech);
        speech == Some(Speech::NextToken)
    }

    /// What the last run was watched for; before any, what the loaded model can be.
    pub fn beside(&self) -> Beside {
        let measured = self.run.as_ref().and_then(|run| run.general.last());
        match (measured, self.model.as_deref().map(|model| model.speech)) {
            (Some((_, GeneralScore::Retrieval { .. })), _) | (None, Some(Speech::Silent)) => {
                Beside::Retrieval
            }
            _ => Beside::Language,
        }
    }

    /// Presets of lessons name a GPT-2's modules; the loaded model's own are meant.
    pub(super) fn in_models_words(&self, mut command: Command) -> Command {
        let strategy = match &mut command {
            Command::PlanRun(ask) => &mut ask.strategy,
            Command::StartRun(ask) => &mut ask.settings.strategy,
            _ => return command,
        };
        if let Some(family) = self.family() {
            *strategy = strategy.clone().translated(family);
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::protocol::{ModelInfo, RequestId, asks};
    use crate::settings::{LoraSettings, Strategy, TrainingSettings};
    use crate::ui::state::fixture::model_info;
    use crate::ui::state::{Learnt, Run};

    fn with(family: Family, speech: Speech) -> State {
        let model = ModelInfo {
            family,
            speech,
            ..model_info("minilm")
        };
        State {
            model: Some(Arc::new(model)),
            ..State::default()
        }
    }

    #[test]
    fn a_lessons_settings_are_sent_in_the_models_words() {
        let lora = Strategy::Lora(LoraSettings::default());
        let sent = |state: &State| {
            let strategy = lora.clone();
            state.in_models_words(Command::PlanRun(asks::PlanRun { strategy }))
        };
        let strategy = lora.clone().translated(Family::Bert);
        let bert = with(Family::Bert, Speech::Silent);
        assert_eq!(sent(&bert), Command::PlanRun(asks::PlanRun { strategy }));
        let as_it_is = Command::PlanRun(asks::PlanRun {
            strategy: lora.clone(),
        });
        let gpt2 = with(Family::Gpt2, Speech::NextToken);
        assert_eq!(sent(&gpt2), as_it_is);
        assert_eq!(sent(&State::default()), as_it_is, "before there is a model");
    }

    #[test]
    fn what_is_watched_goes_by_the_run_and_before_it_by_the_model() {
        let mut state = with(Family::Bert, Speech::Silent);
        assert_eq!(state.beside(), Beside::Retrieval);
        assert_eq!(
            with(Family::Bert, Speech::MaskedWord).beside(),
            Beside::Language
        );
        assert_eq!(State::default().beside(), Beside::Language);
        let settings = TrainingSettings::default();
        let mut run = Run::new(RequestId(1), settings, Learnt::default());
        run.general = vec![(
            0,
            GeneralScore::Retrieval {
                found: 190,
                of: 200,
            },
        )];
        assert_eq!(run.retrieval_before(), Some(0.95));
        assert_eq!(
            (run.retrieval_after(), run.perplexity_before()),
            (None, None)
        );
        run.general.push((
            40,
            GeneralScore::Retrieval {
                found: 100,
                of: 200,
            },
        ));
        assert_eq!(run.retrieval_after(), Some(0.5));
        state = with(Family::Gpt2, Speech::NextToken);
        state.run = Some(run);
        assert_eq!(state.beside(), Beside::Retrieval, "the run that is shown");
    }

    #[test]
    fn only_a_model_that_goes_on_with_texts_is_asked_to() {
        assert!(with(Family::Gpt2, Speech::NextToken).goes_on_with_texts());
        assert_eq!(with(Family::Gpt2, Speech::NextToken).speechless(), None);
        for speech in [Speech::MaskedWord, Speech::Silent] {
            let state = with(Family::Bert, speech);
            assert!(!state.goes_on_with_texts());
            assert_eq!(state.speechless(), Some(("minilm".into(), speech)));
        }
        assert_eq!(State::default().speechless(), None);
    }
}
