//! Words of the teaching widgets.

use crate::settings::Family;
use crate::ui::learner::guess::Gap;
use crate::ui::text::format;

pub const NO_RUN_YET: &str = "No run yet: press Run, and the result appears here.";
pub const RUN_IS_GOING: &str = "The run is going; the result appears when it ends.";

pub const MEASURED: &str = "measured here";
pub const REPLAYED: &str = "replayed";
pub const WORKED: &str = "worked example";
pub const MEASURED_WHY: &str = "Computed on this machine.";
pub const REPLAYED_WHY: &str = "Recorded from a real run made earlier.";
pub const WORKED_WHY: &str = "Plain arithmetic, worked out on this page.";

pub const PROMPT: &str = "Beginning of a story";
pub const PROMPT_DEFAULT: &str = "Once upon a time there was";
pub const GENERATE: &str = "Continue it";
pub const GENERATE_TUNED: &str = "with the weights that the last run tuned";
pub const GENERATE_BLANK: &str = "Write the beginning first.";
pub const GENERATE_QUEUED: &str = "Goes on as soon as the model is here …";
pub const GENERATE_EMPTY: &str = "The continuation appears here.";
pub const GENERATE_CANCELLED: &str = "Cancelled.";
pub const GENERATE_WAIT_RUN: &str = "A run is using the engine; pause or finish it first.";
pub const DARING: &str = "Daring";

pub fn temperature(value: f64) -> String {
    if value == 0.0 {
        "0: always the likeliest token".into()
    } else {
        format!("temperature {}", format::plain(value, 1))
    }
}

pub fn generated(tokens: usize, millis: f64) -> String {
    let rate = tokens as f64 / (millis / 1000.0).max(1e-3);
    format!(
        "{tokens} tokens in {}, {} a second.",
        format::duration(millis),
        format::plain(rate, if rate < 10.0 { 1 } else { 0 })
    )
}

/// What the learner may write, by the data set that the model has learnt.
pub fn own_text(dataset: Option<&str>) -> &'static str {
    match dataset {
        None | Some("opinions" | "reviews") => "Your review",
        Some("tickets") => "Your message to the shop",
        Some("moderation") => "Your post",
        Some("code") => "Your comment",
        Some("legal") => "Your clause",
        Some("medical") => "Your note",
        Some(_) => "Your text",
    }
}

pub const CLASSIFY: &str = "Ask the tuned model";
pub const CLASSIFY_NEEDS_RUN: &str = "This needs a finished run: the head has to be trained first.";
pub const NOT_ASKED: &str = "The answer appears here.";
pub const TRY_LANGUAGE: &str =
    "This run learned to go on with a text: let it, in the box beside, with the tuned weights.";
pub const TRY_MASKED: &str =
    "This run learned to find hidden words; how many it finds in held-out text stands above.";
pub const TAG: &str = "Your sentence";
pub const TAG_START: &str =
    "On Monday Clara Winter took the train from Brighton to the Royal Society.";
pub const TAG_NONE: &str = "It marks nothing in this sentence.";
pub const PASSAGE: &str = "The passage";
pub const PASSAGE_START: &str = "The mill by the river was built in 1822 by Thomas Ward. It ground wheat for the village until a flood carried off its wheel. Since then a bakery has stood there.";
pub const QUESTION: &str = "Your question about it";
pub const QUESTION_START: &str = "Who built the mill?";
pub const LOCATED_NONE: &str = "It finds no answer in this passage.";

pub fn located(answer: &str) -> String {
    format!("“{answer}”")
}

/// `probability` is of that label; several labels, or none, have one each.
pub fn verdict(label: &str, probability: Option<f64>) -> String {
    match probability {
        Some(probability) => {
            format!("{label}, with probability {}", format::percent(probability))
        }
        None if label.is_empty() => "none of the labels".to_string(),
        None => label.to_string(),
    }
}

pub const LABELS_EMPTY: &str = "The examples are still on their way.";

pub fn dataset(train: usize, validation: usize, test: usize) -> String {
    format!(
        "{} examples to train on, {} to check on during the run, {} held out for the score.",
        format::count(train),
        format::count(validation),
        format::count(test)
    )
}

pub const WIDTH: &str = "Width d of the matrix";
pub const RANK: &str = "Rank r";

pub fn rectangles(width: usize, rank: usize) -> String {
    let (whole, one) = (width * width, width * rank);
    format!(
        "W: {d} × {d} = {}. A: {r} × {d} = {}. B: {d} × {r} = {}. Together A and B are {} parameters, {} of W.",
        format::count(whole),
        format::count(one),
        format::count(one),
        format::count(2 * one),
        format::percent((2 * one) as f64 / whole as f64),
        d = format::count(width),
        r = rank,
    )
}

pub const SPLIT_WORKERS: &str = "Workers";
pub const SPLIT_COLUMNS: [&str; 5] = [
    "Worker",
    "Losses of its reviews",
    "Their mean",
    "Counts",
    "Adds",
];

pub fn split_weight(own: usize, all: usize) -> String {
    format!("{own}/{all}")
}

/// The loss of the whole batch, of its shares by what they hold, and of its shares counted alike.
pub fn split_sums(whole: f64, weighed: f64, alike: f64) -> String {
    let [whole, weighed, alike] = [whole, weighed, alike].map(format::loss);
    format!(
        "The whole batch has a mean loss of {whole}. The last column adds up to {weighed}. The plain average of the workers' means would be {alike}."
    )
}

pub const MAP_LABEL: &str = "Parameter map. Arrow keys walk from tensor to tensor.";
pub const MAP_EMPTY: &str = "The map is drawn as soon as the model is here.";
pub const MAP_FROZEN: &str = "frozen";
pub const MAP_TRAINABLE: &str = "trainable";
pub const MAP_ADDED: &str = "added, trainable";
pub const MAP_HINT: &str = "Choose a part to see what it is.";
pub const MAP_SCALE: &str = "Areas are true to scale, except that nothing is drawn thinner than two pixels and a matrix wider than the page is folded.";
pub const MAP_COLUMNS: [&str; 4] = ["Tensor", "Shape", "Parameters", "State"];
pub const MAP_TABLE: &str = "Every tensor of the model";

pub fn totals(trainable: usize, total: usize) -> String {
    format!(
        "{} of {} parameters train: {}.",
        format::count(trainable),
        format::count(total),
        format::percent(trainable as f64 / total.max(1) as f64)
    )
}

pub fn plan_memory(gradients: u64, optimizer: u64) -> String {
    format!(
        "Gradients take {}, the optimizer's averages {}.",
        format::bytes(gradients),
        format::bytes(optimizer)
    )
}

pub const MODULES_EMPTY: &str = "The list appears as soon as the model is here.";
pub const MODULES_NOT_LORA: &str =
    "The chosen strategy adds no adapters, so there is nothing to match.";

pub fn modules(targets: &str, count: usize) -> String {
    format!("The names {targets} match {count} matrices:")
}

pub fn modules_rule(family: Family) -> &'static str {
    match family {
        Family::Gpt2 => {
            "A name matches every module whose path ends in it. So c_proj means both: the one that closes the attention and the one that closes the small network after it. Write attn.c_proj to mean only the first."
        }
        Family::Bert => {
            "A name matches every module whose path ends in it. So dense means every layer but queries, keys and values, the pooler's too. Write attention.output.dense to mean only the one that closes the attention."
        }
    }
}

pub const HASH_WHAT: &str = "A hash is a fingerprint: SHA-256 turns any row of bytes into 64 hexadecimal digits. Change a single bit of a million frozen numbers, and the digits come out entirely different.";
pub const HASH_BEFORE: &str = "Before the run";
pub const HASH_AFTER: &str = "After the run";
pub const HASH_SAME: &str = "identical";
pub const HASH_DIFFERENT: &str = "NOT identical";
pub const HASH_NOTHING: &str = "This strategy freezes nothing, so there is nothing to prove.";

pub fn frozen(tensors: usize, parameters: usize, verdict: &str) -> String {
    format!(
        "{} frozen tensors, {} parameters: {verdict}.",
        format::count(tensors),
        format::count(parameters)
    )
}

pub fn changed(changed: usize, all: usize) -> String {
    format!(
        "Of {} trainable tensors, {} changed.",
        format::count(all),
        format::count(changed)
    )
}

pub const BEFORE: &str = "Before";
pub const AFTER: &str = "After";

pub fn held_out(examples: usize) -> String {
    format!("on {} held-out examples", format::count(examples))
}

pub fn hard(accuracy: f64, examples: usize) -> String {
    format!(
        "{} on the {} hard ones",
        format::percent(accuracy),
        format::count(examples)
    )
}

pub fn sample_of(prompt: &str) -> String {
    format!("“{prompt}”, continued")
}

pub const CONFUSION: &str = "Answers on the held-out examples";
pub const CONFUSION_TRUTH: &str = "It is";
pub const CONFUSION_ANSWER: &str = "The model says";

pub const MISTAKES_NONE: &str = "No wrong answer on the held-out examples.";
pub const MISTAKES_MORE: &str = "Show all";
pub const MISTAKES_HARD: &str = "hard";

pub fn mistakes(count: usize) -> String {
    format!("{} wrong answers, the surest first:", format::count(count))
}

pub fn mistake(answer: &str, probability: f64, truth: &str) -> String {
    format!(
        "The model said {answer} ({}); it is {truth}.",
        format::percent(probability)
    )
}

pub const GUESS_SHARE: &str = "Which share of the parameters will train?";
pub const GUESS_ACCURACY: &str = "Which accuracy on held-out texts will it reach?";
pub const GUESS_NONE: &str = "no guess yet";
pub const GUESS_INVITE: &str = "Move both sliders; your guesses are kept and shown beside the result. You may also run without.";
pub const GUESS_READY: &str = "Noted. Now run it.";
pub const GUESS_LOCKED: &str = "Your guesses stand as they were when the run started.";
pub const GUESS_SKIPPED: &str = "You ran without a guess.";
pub const GUESS_YOURS: &str = "your guess";
pub const GUESS_MEASURED: &str = "measured";
/// What else is right so often on a set's held-out texts; the cards of the sets have the second.
pub fn baselines(dataset: &str) -> &'static [(f64, &'static str)] {
    match dataset {
        "opinions" => &[(0.5, "tossing a coin"), (0.869, "counting words")],
        "reviews" => &[(0.5, "tossing a coin"), (0.718, "counting words")],
        "topics" => &[(0.2, "guessing"), (0.733, "counting words")],
        _ => &[],
    }
}

pub const BASELINES_ARE: &str = "The dashed lines:";

/// Behind a figure that was guessed before.
pub fn gap(gap: Gap) -> &'static str {
    match gap {
        Gap::Close => "close to your guess",
        Gap::More => "more than you guessed",
        Gap::Less => "less than you guessed",
    }
}

pub const GLOSSARY: &str = "The words of this lesson";
pub const CHECK: &str = "Check yourself";
pub const CHECK_RIGHT: &str = "Right.";
pub const CHECK_WRONG: &str = "Not quite.";
pub const CHECK_OPEN: &str = "Choose an answer.";
pub const CHECK_MET: &str = "Reached.";
pub const CHECK_MISSED: &str = "Not reached yet.";
pub const CHECK_WAITING: &str = "Waiting for your run.";

pub const BY_LABEL: &str = "Label by label";
pub const BY_LABEL_COLUMNS: [&str; 5] = ["Label", "Precision", "Recall", "F1", "To find"];

/// A wrong answer that has no single probability.
pub fn other_mistake(answer: &str, truth: &str) -> String {
    let said = if answer.is_empty() { "nothing" } else { answer };
    format!("The model said: {said}. Right is: {truth}.")
}

/// The sentence of the recap that only a run can write.
pub fn saw(before: f64, after: f64, trainable: usize, total: usize, time: &str) -> String {
    format!(
        "On your machine, in {time}, a run that trained {} of {} parameters ({}) took the accuracy on texts it had never seen from {} to {}.",
        format::count(trainable),
        format::count(total),
        format::percent(trainable as f64 / total.max(1) as f64),
        format::percent(before),
        format::percent(after)
    )
}
