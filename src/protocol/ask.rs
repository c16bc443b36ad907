//! What makes a question to the engine: one type that carries the type of its answer.
//!
//! To add a question:
//!
//! 1. Write it into the block of `asks.rs`, with its fields and `-> Answer`. `Command`, `Reply` and `AskKind` grow by
//!    themselves.
//! 2. Write `impl Answers<asks::Name> for Server<H>` in the file of its family in `engine/server`. Until that is there
//!    the engine does not compile.
//! 3. In the widget, send it with `page.client.ask(asks::Name { .. })` and show `state.answer::<asks::Name>()`.
//!
//! Work that takes longer than a moment is answered with `Outcome::Work`: a future that lets messages in between its
//! units, so that the page can pause and cancel it. What it tells on the way are events (`event.rs`).

use std::pin::Pin;

use super::EngineError;

/// Until when an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// Until a run is started or adapters are blended, or the next model.
    NextRun,
    /// Until another model is loaded, or the next worker.
    NextModel,
    /// Until the engine is started again.
    NextWorker,
}

/// What becomes of an ask.
pub enum Outcome<T> {
    Answer(T),
    /// It is worked on between messages, and answered at the end.
    Work(Work<T>),
}

/// Units of work with pauses between them, in which messages are let in. Dropping it cancels it.
pub type Work<T> = Pin<Box<dyn Future<Output = Result<T, EngineError>>>>;

impl<T> From<T> for Outcome<T> {
    fn from(answer: T) -> Self {
        Self::Answer(answer)
    }
}

impl<T: 'static> Outcome<T> {
    pub fn map<U>(self, change: impl FnOnce(T) -> U + 'static) -> Outcome<U> {
        match self {
            Self::Answer(answer) => Outcome::Answer(change(answer)),
            Self::Work(work) => Outcome::Work(Box::pin(async move { work.await.map(change) })),
        }
    }
}

/// Makes a type of every ask, and the enums in which asks and answers travel.
macro_rules! asks {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)?
        } -> $answer:ty, until $until:ident;
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl From<$name> for Command {
                fn from(ask: $name) -> Self {
                    Self::$name(ask)
                }
            }

            impl Ask for $name {
                type Answer = $answer;
                const KIND: AskKind = AskKind::$name;

                fn answer_in(reply: &Reply) -> Option<&Arc<$answer>> {
                    match reply {
                        Reply::$name(answer) => Some(answer),
                        _ => None,
                    }
                }
            }
        )*

        /// Any ask, as it travels to the engine.
        #[allow(clippy::large_enum_variant)] // it lives for the moment between its message and its answer
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub enum Command {
            $($name($name),)*
        }

        /// The answer to any ask, as it travels to the page.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub enum Reply {
            $($name(#[serde(with = "shared")] Arc<$answer>),)*
        }

        /// Which ask it is, without what it asks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum AskKind {
            $($name,)*
        }

        impl Command {
            pub fn kind(&self) -> AskKind {
                match self {
                    $(Self::$name(_) => AskKind::$name,)*
                }
            }

            /// Has it answered by whoever can answer every ask.
            pub async fn answered_by<E>(
                self,
                engine: &mut E,
                id: Option<RequestId>,
            ) -> Result<Outcome<Reply>, EngineError>
            where
                $(E: Answers<$name>,)*
            {
                match self {
                    $(Self::$name(ask) => {
                        let outcome = engine.answer(ask, id).await?;
                        Ok(outcome.map(|answer| Reply::$name(Arc::new(answer))))
                    })*
                }
            }
        }

        impl Reply {
            pub fn kind(&self) -> AskKind {
                match self {
                    $(Self::$name(_) => AskKind::$name,)*
                }
            }
        }

        impl AskKind {
            /// Until when an answer to it holds.
            pub fn until(self) -> Until {
                match self {
                    $(Self::$name => Until::$until,)*
                }
            }
        }
    };
}
pub(super) use asks;
