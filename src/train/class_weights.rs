//! Weights that let rare classes count as much as frequent ones.

/// scikit-learn's `class_weight="balanced"`: all examples over the number of classes times the examples of each.
/// A class without examples has no say, in the count of classes too; its weight of 1 is never used.
pub fn balanced(examples: &[usize]) -> Vec<f32> {
    let total: usize = examples.iter().sum();
    let classes = examples.iter().filter(|n| **n > 0).count();
    let weight = |n: &usize| match n {
        0 => 1.0,
        n => (total as f64 / (classes * n) as f64) as f32,
    };
    examples.iter().map(weight).collect()
}

/// The same, counted from the class of every example.
pub fn balanced_over(labels: impl Iterator<Item = usize>, classes: usize) -> Vec<f32> {
    let mut examples = vec![0; classes];
    labels.for_each(|label| examples[label] += 1);
    balanced(&examples)
}

/// For labels that are yes or no each: how many times more a yes counts, so that all of a label's yeses together
/// count as much as its noes. A label that is always or never there stays as it is.
pub fn balanced_yes(yes: &[usize], examples: usize) -> Vec<f32> {
    let weight = |yes: &usize| match (*yes, examples - yes) {
        (0, _) | (_, 0) => 1.0,
        (yes, no) => (no as f64 / yes as f64) as f32,
    };
    yes.iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As scikit-learn 1.7's `compute_class_weight` of six, three and one example.
    #[test]
    fn rare_classes_weigh_more() {
        assert_eq!(balanced(&[6, 3, 1]), [5.0 / 9.0, 10.0 / 9.0, 10.0 / 3.0]);
        assert_eq!(balanced(&[5, 0, 5]), [1.0, 1.0, 1.0]);
    }

    #[test]
    fn yeses_count_as_much_as_noes() {
        assert_eq!(balanced_yes(&[2, 8, 0, 10], 10), [4.0, 0.25, 1.0, 1.0]);
    }
}
