//! This machine's numbers against Hugging Face's.

use leptos::prelude::*;

use crate::protocol::{AskKind, VerifiedQuantity, asks};
use crate::ui::browser::place;
use crate::ui::controls::work_buttons::WorkButtons;
use crate::ui::page_context::use_page;
use crate::ui::state::{Status, Verification};
use crate::ui::text::format;
use crate::ui::text::pages as text;

#[component]
pub fn Verify() -> impl IntoView {
    let page = use_page();
    let ask = move || {
        page.client.ask(asks::Verify {
            base_url: place::absolute("reference/"),
        });
    };
    let is_ready = page.watch(|state| state.status() == Status::Ready);
    let is_idle = page.watch(|state| state.verification == Verification::Idle);
    Effect::new(move |_| {
        if is_ready.get() && is_idle.get() {
            ask();
        }
    });
    let rows = page.watch(|state| state.verification.rows().to_vec());
    let words = page.watch(|state| match &state.verification {
        Verification::Idle => text::VERIFY_WAITING.to_string(),
        Verification::Going { .. } => text::VERIFY_GOING.to_string(),
        Verification::Failed { error, .. } => error.to_string(),
        Verification::Cancelled { .. } => text::VERIFY_CANCELLED.to_string(),
        Verification::Done { found, .. } => {
            text::verify_summary(found.passed, found.failed, &format::duration(found.millis))
        }
    });
    let is_over = page.watch(|state| {
        matches!(
            state.verification,
            Verification::Done { .. }
                | Verification::Cancelled { .. }
                | Verification::Failed { .. }
        )
    });
    let heads = text::VERIFY_COLUMNS
        .map(|name| view! { <th scope="col">{name}</th> })
        .into_iter()
        .collect_view();
    view! {
        <article class="verify">
            <h1>{text::VERIFY_TITLE}</h1>
            <p class="lead">{text::VERIFY_LEAD}</p>
            <p
                role="status"
                class="verdict"
                data-testid="verify-summary"
                data-state=move || if is_over.get() { "finished" } else { "going" }
            >{words}
            </p>
            <div class="scroll" tabindex="0" role="region" aria-label=text::VERIFY_TITLE>
                <table data-testid="verify-table" hidden=move || rows.with(Vec::is_empty)>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>
                        <For
                            each=move || rows.get().into_iter().enumerate()
                            key=|(index, _)| *index
                            let((_, row))
                        >
                            <RowView row />
                        </For>
                    </tbody>
                </table>
            </div>
            <div class="buttons">
                <WorkButtons kind=AskKind::Verify name="verify" can_pause=true />
                <button
                    type="button"
                    data-testid="verify-again"
                    hidden=move || !is_over.get()
                    disabled=move || !is_ready.get()
                    on:click=move |_| ask()
                >
                    {text::VERIFY_AGAIN}
                </button>
            </div>
        </article>
    }
}

#[component]
fn RowView(row: VerifiedQuantity) -> impl IntoView {
    let (mark, words) = if row.ok {
        ("✓ ", text::YES)
    } else {
        ("✗ ", text::NO)
    };
    view! {
        <tr data-ok=row.ok.to_string()>
            <td>{row.case}</td>
            <td>{row.quantity}</td>
            <td data-value=row.max_absolute_error.to_string()>
                {format::scientific(row.max_absolute_error)}
            </td>
            <td data-value=row.max_relative_error.to_string()>
                {format::scientific(row.max_relative_error)}
            </td>
            <td>{row.tolerance}</td>
            <td class="ok">{mark} {words}</td>
        </tr>
    }
}
