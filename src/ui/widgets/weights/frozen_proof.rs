//! Proof that what was frozen did not move.

use leptos::prelude::*;

use crate::protocol::FrozenProof as Proof;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::text::format;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;
use crate::ui::widgets::with_summary;

pub const FRAME: Frame = Frame::InText;

#[component]
pub fn FrozenProof() -> impl IntoView {
    view! {
        <div class="frozen_proof">
            {with_summary(|summary| proof(&summary.frozen_proof))}
            <p class="quiet">{text::HASH_WHAT}</p>
        </div>
    }
}

fn proof(proof: &Proof) -> impl IntoView + use<> {
    let holds = proof.holds();
    let verdict = match (proof.tensors, holds) {
        (0, _) => text::HASH_NOTHING.to_string(),
        (_, true) => text::frozen(proof.tensors, proof.parameters, text::HASH_SAME),
        (_, false) => text::frozen(proof.tensors, proof.parameters, text::HASH_DIFFERENT),
    };
    view! {
        <div
            data-testid="frozen-proof"
            data-value=if holds { "identical" } else { "different" }
            data-tensors=proof.tensors.to_string()
            data-parameters=proof.parameters.to_string()
            class:broken=!holds
        >
            <p class="verdict">{verdict} " " <HonestyBadge origin=Origin::Measured /></p>
            <dl class="hashes">
                {hash(text::HASH_BEFORE, &proof.hash_before)}
                {hash(text::HASH_AFTER, &proof.hash_after)}
            </dl>
            <p data-value=proof.changed_trainable_tensors.to_string()>
                {text::changed(proof.changed_trainable_tensors, proof.trainable_tensors)}
            </p>
        </div>
    }
}

fn hash(name: &'static str, hash: &str) -> impl IntoView + use<> {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>
                <code title=hash.to_string() data-value=hash.to_string()>
                    {format::short_hash(hash)}
                </code>
            </dd>
        </div>
    }
}
