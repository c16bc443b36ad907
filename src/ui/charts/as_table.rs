//! What a chart shows, as a table behind a switch: for those who do not see the chart and for those who check it.

use leptos::prelude::*;

use super::save_chart::save_chart;
use crate::ui::text::charts as text;

/// The frame of such a table, in which it scrolls where it is too wide or too long. `switch` is what stands on the switch,
/// `label` what the table is; `inside` its caption, head and body.
pub fn as_table<V: IntoView>(switch: &str, label: &str, inside: V) -> impl IntoView + use<V> {
    framed(switch, label, (), inside)
}

/// The same beside a drawing, which can be saved as a picture.
pub fn as_table_and_picture<V: IntoView>(label: &str, inside: V) -> impl IntoView + use<V> {
    framed(text::TABLE_AND_PICTURE, label, save_chart(label), inside)
}

fn framed<B: IntoView, V: IntoView>(
    switch: &str,
    label: &str,
    before: B,
    inside: V,
) -> impl IntoView + use<B, V> {
    view! {
        <details class="chart-data">
            <summary>{switch.to_owned()}</summary>
            {before}
            <div class="scroll" tabindex="0" role="region" aria-label=label.to_owned()>
                <table>{inside}</table>
            </div>
        </details>
    }
}
