//! What each shipped data set is, in a sentence.

pub const OPINIONS: &str =
    "Plain reviews of films, books, meals, places and things, positive or negative.";
pub const REVIEWS: &str = "Short film reviews, positive or negative; some are hard on purpose.";
pub const TOPICS: &str = "Items from a small town's paper, sorted by the page they stand on: five pages that share places and people.";
pub const TICKETS: &str =
    "Messages to a small shop's customer support, each for one of five desks.";
pub const MEDICAL: &str =
    "Notes of a village doctor in four kinds; invented, and no advice to anyone.";
pub const LEGAL: &str = "Clauses of contracts, each about one of five matters.";
pub const CODE: &str = "Comments as programmers write them above a function, of five kinds.";
pub const MODERATION: &str =
    "Posts of a forum for bakers; each breaks none, one or several of five rules.";
pub const NER: &str = "Sentences in which people, places, organisations and dates are marked; the test has names that training has not.";
pub const QA: &str = "Questions about a hundred short passages; each answer is a piece of its passage, word for word.";
pub const QUESTIONS: &str = "Twice as many questions about two hundred other passages; words that a question shares with its passage point to the answer more often.";
pub const INSTRUCTIONS: &str =
    "Questions to a village librarian, each with the answer; only the answer counts in the loss.";
pub const BEEKEEPING: &str =
    "A year of a beekeeper's handbook and diary: a subject that the model hardly knows.";
pub const STORIES: &str =
    "The stories on which forgetting is measured; a run on them learns its own exam.";
