//! What a chart shows, as a table behind a switch: for those who do not see the chart and for those who check it.

use leptos::prelude::*;

/// The frame of such a table, in which it scrolls where it is too wide or too long. `switch` is what stands on the switch,
/// `label` what the table is; `inside` its caption, head and body.
pub fn as_table<V: IntoView>(switch: &str, label: &str, inside: V) -> impl IntoView + use<V> {
    view! {
        <details class="chart-data">
            <summary>{switch.to_owned()}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=label.to_owned()>
                <table>{inside}</table>
            </div>
        </details>
    }
}
