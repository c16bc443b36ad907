//! What verification has to say, one finding at a time.

use std::pin::Pin;

use crate::faults::Fault;
use crate::protocol::VerifiedQuantity;

/// A finding, told as soon as it is made.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// A quantity was compared.
    Quantity(VerifiedQuantity),
    /// A case could not be run at all.
    CouldNotRun { case: String, reason: Fault },
    /// Something that lies there is not checked.
    NotCovered { what: String, reason: String },
}

/// How it all went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Quantities compared.
    pub quantities: usize,
    /// Those of them that are not within their tolerance.
    pub not_ok: usize,
    /// Cases that could not be run.
    pub could_not_run: usize,
}

impl Summary {
    pub fn all_ok(&self) -> bool {
        self.quantities > 0 && self.not_ok == 0 && self.could_not_run == 0
    }

    pub fn is_empty(&self) -> bool {
        self.quantities == 0 && self.could_not_run == 0
    }
}

/// Lets whoever asked for the verification have a word, between two units of it.
pub type Breathe<'a> = dyn Fn() -> Pin<Box<dyn Future<Output = ()> + 'a>> + 'a;

/// Passes findings on and counts them.
pub struct Reporter<'a> {
    sink: &'a mut dyn FnMut(Finding),
    breathe: &'a Breathe<'a>,
    summary: Summary,
}

impl<'a> Reporter<'a> {
    pub fn new(sink: &'a mut dyn FnMut(Finding), breathe: &'a Breathe<'a>) -> Self {
        Self {
            sink,
            breathe,
            summary: Summary::default(),
        }
    }

    /// Ends a unit of work. Each should be shorter than a person notices: a forward pass, a step.
    pub async fn breathe(&self) {
        (self.breathe)().await;
    }

    pub fn quantity(&mut self, quantity: VerifiedQuantity) {
        self.summary.quantities += 1;
        self.summary.not_ok += usize::from(!quantity.ok);
        (self.sink)(Finding::Quantity(quantity));
    }

    pub fn could_not_run(&mut self, case: &str, reason: Fault) {
        self.summary.could_not_run += 1;
        let case = case.to_owned();
        (self.sink)(Finding::CouldNotRun { case, reason });
    }

    pub fn not_covered(&mut self, what: impl Into<String>, reason: &str) {
        let (what, reason) = (what.into(), reason.to_owned());
        (self.sink)(Finding::NotCovered { what, reason });
    }

    /// Reports a case that broke off, and ends a unit of work.
    pub async fn settle(&mut self, case: &str, outcome: Result<(), Fault>) {
        if let Err(reason) = outcome {
            self.could_not_run(case.trim_end_matches('/'), reason);
        }
        self.breathe().await;
    }

    pub fn summary(&self) -> Summary {
        self.summary
    }

    pub fn into_summary(self) -> Summary {
        self.summary
    }
}
