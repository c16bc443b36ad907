//! Runs that diverge, stop early or hold back.

use super::*;
use crate::settings::Remedies;

#[test]
fn an_absurd_rate_stops_the_run_and_says_at_which_step() {
    let mut command = start(Strategy::Full);
    if let Command::StartRun(asks::StartRun { settings, .. }) = &mut command {
        settings.learning_rate = 1e30;
        settings.warmup_steps = 0;
    }
    let events = say([load(), vec![command]].concat());
    let failed = events.iter().find_map(|e| match e {
        Event::RunFailed { error, .. } => Some(error),
        _ => None,
    });
    let error = failed.expect("the run fails");
    assert_eq!(error.kind, ErrorKind::Diverged);
    assert!(error.to_string().contains("at step"), "{error}");
    assert!(error.to_string().contains("try 1.0e-2"), "{error}");
}

/// A full run with these settings changed, and what is asked after it.
fn changed(change: impl Fn(&mut TrainingSettings), then: Option<Command>) -> Vec<Event> {
    let mut command = start(Strategy::Full);
    if let Command::StartRun(asks::StartRun { settings, .. }) = &mut command {
        change(settings);
    }
    say_after_run([load(), vec![command]].concat(), then)
}

#[test]
fn the_last_good_weights_of_a_diverged_run_answer() {
    let absurd = |settings: &mut TrainingSettings| {
        settings.learning_rate = 1e30;
        settings.warmup_steps = 0;
    };
    let classify = Command::Classify(asks::Classify {
        text: "a good film".into(),
    });
    let events = changed(absurd, Some(classify));
    let kept = events.iter().find_map(|e| match e {
        Event::RunFailed { kept_step, .. } => Some(*kept_step),
        _ => None,
    });
    // Step 0 had a loss; the weights it left had none.
    assert_eq!(kept, Some(Some(0)));
    let sure = events.iter().find_map(|e| match e {
        Event::Answered(Reply::Classify(found)) => Some(&found.probabilities),
        _ => None,
    });
    assert!(sure.unwrap().iter().all(|p| p.probability.is_finite()));
}

#[test]
fn patience_ends_a_run_and_the_best_weights_come_back() {
    let impatient = |settings: &mut TrainingSettings| {
        // A rate at which the loss soon rises again.
        settings.learning_rate = 0.3;
        settings.warmup_steps = 0;
        settings.total_steps = 60;
        settings.eval_steps = 2;
        settings.early_stopping_patience = 3;
        settings.load_best_model_at_end = true;
    };
    let events = changed(impatient, None);
    let told = validated(&events).into_iter();
    let losses: Vec<(usize, f64)> = told
        .map(|(step, scores)| (step, scores.loss_nats))
        .collect();
    let lowest = losses.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
    let stopped = events.iter().find_map(|e| match e {
        Event::RunStoppedEarly { step, .. } => Some(*step),
        _ => None,
    });
    let restored = events.iter().find_map(|e| match e {
        Event::BestModelRestored {
            step,
            validation_loss_nats,
            ..
        } => Some((*step, *validation_loss_nats)),
        _ => None,
    });
    let stopped = stopped.unwrap_or_else(|| panic!("never stopped: {losses:?}"));
    assert_eq!(restored, lowest);
    assert_eq!(stopped, restored.unwrap().0 + 6, "three evaluations later");
    assert!(matches!(events.last(), Some(Event::RunFinished { .. })));
}

#[test]
fn without_evaluations_early_stopping_is_refused() {
    let mut command = start(Strategy::Full);
    if let Command::StartRun(asks::StartRun { settings, options }) = &mut command {
        settings.early_stopping_patience = 2;
        options.evaluations = 0;
    }
    let events = say([load(), vec![command]].concat());
    assert!(errors(&events)[0].to_string().contains("validation loss"));
}

#[test]
fn a_run_with_every_remedy_gets_ready_and_ends() {
    let remedies = |settings: &mut TrainingSettings| {
        settings.gradient_accumulation_steps = 2;
        settings.remedies = Remedies {
            l2_sp_alpha: 0.1,
            ewc_lambda: 1.0,
            ewc_samples: 3,
            replay: 0.25,
            layer_wise_lr_decay: 0.8,
            ..Remedies::default()
        };
    };
    for change in [true, false] {
        let events = changed(
            |settings| {
                if change {
                    remedies(settings)
                }
            },
            None,
        );
        let prepared = events.iter().any(|e| {
            let stage = RunStage::Preparing;
            matches!(e, Event::RunStageEntered { stage: entered, .. } if *entered == stage)
        });
        assert_eq!(prepared, change);
        let told: Vec<&StepMetrics> = events
            .iter()
            .filter_map(|e| match e {
                Event::StepsCompleted { steps, .. } => Some(steps),
                _ => None,
            })
            .flatten()
            .collect();
        assert_eq!(told.len(), 40);
        assert!(
            told.iter()
                .all(|step| (step.remedy_loss_nats > 0.0) == change)
        );
        assert!(
            matches!(events.last(), Some(Event::RunFinished { .. })),
            "{:?}",
            events.last()
        );
    }
}
