//! The run that was broken off, with the way to go on with it or to be rid of it; and whether runs are kept at all.
//!
//! Test ids: `run-resume-saved` and `run-discard-saved`, the buttons; `run-keeping`, the sentence on where runs go, with
//! `data-state` and, once the run that is going has been kept, the step as `data-value`.

use leptos::prelude::*;

use crate::protocol::{Keeping, KeptRun, asks};
use crate::ui::browser::clock;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::queue::kept::{KeptNote, Needs};
use crate::ui::state::{Run, State};
use crate::ui::text::keeping as text;

#[component]
pub fn KeptRunPanel() -> impl IntoView {
    let page = use_page();
    let keeping = page.watch(|state| {
        let found = state.answer::<asks::FindKeptRun>();
        found.done().map(|found| (**found).clone())
    });
    let is_going = page.watch(|state| state.run.as_ref().is_some_and(Run::is_going));
    let waits = Memo::new(move |_| page.queue.with(|queue| !queue.waiting().is_empty()));
    let offer = move || match keeping.get() {
        Some(Keeping::Here(Some(run))) if !is_going.get() && !waits.get() => {
            Some(view! { <Offer run /> })
        }
        _ => None,
    };
    view! {
        {offer}
        <Where keeping />
    }
}

/// A run to go on with.
#[component]
fn Offer(run: KeptRun) -> impl IntoView {
    let page = use_page();
    let note = KeptNote::parse(&run.note);
    let words = match &note {
        Some(note) => {
            let begun = clock::local_time(note.begun_millis);
            text::broken_off(note, run.step, run.total_steps, &begun)
        }
        None => text::STALE.to_string(),
    };
    let lacks = RwSignal::new(None::<Needs>);
    let can_start = page.watch(State::can_start_run);
    let resume = note.map(|note| {
        let resume = move |_| lacks.set(page.resume_kept(&note).err());
        view! {
            <button
                type="button"
                class="primary"
                data-testid="run-resume-saved"
                data-value=run.step
                disabled=move || !can_start.get()
                on:click=resume
            >
                {text::resume(run.step)}
            </button>
        }
    });
    view! {
        <section class="exhibit kept_run">
            <p>{words}</p>
            <p class="refusal" role="status">{move || lacks.get().map(|lacks| text::needs(&lacks))}</p>
            <div class="buttons">
                {resume}
                <button
                    type="button"
                    data-testid="run-discard-saved"
                    on:click=move |_| page.client.ask(asks::DiscardKeptRun {})
                >
                    {text::DISCARD}
                </button>
                <span class="quiet">{text::REPLACED}</span>
            </div>
        </section>
    }
}

/// Where the checkpoints of runs go, where that is worth a word.
#[component]
fn Where(keeping: Memo<Option<Keeping>>) -> impl IntoView {
    let page = use_page();
    let kept = page.watch(|state| {
        let run = state.run.as_ref().filter(|run| run.is_going())?;
        run.kept
    });
    // The last word on it holds while a run goes on, though the question is asked anew after it.
    let last = Memo::new(move |last: Option<&Option<Keeping>>| {
        keeping.get().or_else(|| last.cloned().flatten())
    });
    let said = Memo::new(move |_| match (kept.get(), last.get()) {
        (Some((step, bytes)), _) => Some(("kept", text::kept(step, bytes))),
        (None, Some(Keeping::Elsewhere)) => Some(("elsewhere", text::ELSEWHERE.to_string())),
        (None, Some(Keeping::Nowhere(reason))) => Some(("nowhere", text::nowhere(&reason))),
        (None, Some(Keeping::Here(_)) | None) => None,
    });
    let state = move || said.get().map(|(state, _)| state);
    let step = move || kept.get().map(|(step, _)| step.to_string());
    view! {
        <p
            class="quiet"
            data-testid="run-keeping"
            data-state=state
            data-value=step
            hidden=move || said.get().is_none()
        >
            {move || said.get().map(|(_, words)| words)}
        </p>
    }
}

/// A run that was lost with the GPU goes on without being asked to. Where it cannot, the offer stands.
pub fn go_on_after_gpu(page: PageContext) {
    let found = page.watch(|state| {
        let found = state.answer::<asks::FindKeptRun>();
        let found = state.goes_on.then(|| found.done().cloned());
        found.flatten()
    });
    Effect::new(move |_| {
        let Some(found) = found.get() else { return };
        // The engine that is gone may not have let go of the place yet; it is asked for again when the model is there.
        if *found == Keeping::Elsewhere {
            return;
        }
        page.state.update(|state| state.goes_on = false);
        if let Keeping::Here(Some(run)) = &*found
            && let Some(note) = KeptNote::parse(&run.note)
        {
            // What it lacks is told where the learner tries to go on with it.
            let _ = page.resume_kept(&note);
        }
    });
}

impl PageContext {
    /// Brings back what the kept run was made with, and goes on with it.
    fn resume_kept(self, note: &KeptNote) -> Result<(), Needs> {
        let data = self.draft.with_untracked(|draft| draft.dataset.clone());
        let run = note.queued(&data, &self.client.chosen_model())?;
        self.queue.update(|queue| queue.put_first(run));
        Ok(())
    }
}
