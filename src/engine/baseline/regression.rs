//! Logistic regression over any number of classes, to convergence, by Newton steps that conjugate gradients solve
//! (scikit-learn's `newton-cg`).
//!
//! It minimises strength × the sum of the losses + ½ the squared weights; the intercept is all but free. Each piece of
//! work goes over the rows once or twice.

use super::features::Sparse;

/// Of the first gradient's usual length: beyond this no answer changes.
const TOLERANCE: f64 = 1e-5;
const MOST_STEPS: usize = 100;
const MOST_INNER_STEPS: usize = 200;
/// A step that is halved more often leads nowhere.
const SMALLEST_STEP: f64 = 1e-8;
/// What the intercept is held by, so that the curvature is never flat.
const INTERCEPT_PENALTY: f64 = 1e-6;

pub struct Regression {
    rows: Sparse,
    labels: Vec<usize>,
    classes: usize,
    strength: f64,
    /// `[column][class]`, flattened, as all vectors here.
    weights: Vec<f64>,
    /// `[row][class]`, of the weights as they are.
    probabilities: Vec<f64>,
    steps: usize,
    solving: Option<Solving>,
}

/// A Newton step being solved for.
struct Solving {
    gradient: Vec<f64>,
    step: Vec<f64>,
    residual: Vec<f64>,
    direction: Vec<f64>,
    residual_squared: f64,
    tolerance: f64,
    inner_steps: usize,
}

impl Regression {
    pub fn new(rows: Sparse, labels: Vec<usize>, classes: usize, strength: f64) -> Self {
        Self {
            weights: vec![0.0; rows.width * classes],
            probabilities: Vec::new(),
            rows,
            labels,
            classes,
            strength,
            steps: 0,
            solving: None,
        }
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn strength(&self) -> f64 {
        self.strength
    }

    /// The same under another strength, from the weights as they are.
    pub fn go_on(&mut self, strength: f64) {
        self.strength = strength;
        self.steps = 0;
        self.solving = None;
    }

    /// A piece of the work; whether the weights are final.
    pub fn advance(&mut self) -> bool {
        match self.solving.take() {
            None => self.begin_step(),
            Some(solving) if solving.is_done() => {
                self.walk(&solving);
                self.steps += 1;
                self.steps >= MOST_STEPS
            }
            Some(mut solving) => {
                let curved = self.curvature(&solving.direction);
                solving.advance(&curved);
                self.solving = Some(solving);
                false
            }
        }
    }

    /// Where the slope is; nothing is left to do where there is none.
    fn begin_step(&mut self) -> bool {
        self.probabilities = (0..self.rows.rows())
            .flat_map(|row| self.log_probabilities(&self.rows, row))
            .map(f64::exp)
            .collect();
        let gradient = self.gradient();
        let length = norm(&gradient);
        if length <= TOLERANCE * self.strength * (self.rows.rows() as f64).sqrt() {
            return true;
        }
        self.solving = Some(Solving::new(gradient, length));
        false
    }

    /// Along the step, as far as the loss falls.
    fn walk(&mut self, solving: &Solving) {
        let slope: f64 = dot(&solving.gradient, &solving.step);
        let (from, before) = (self.weights.clone(), self.objective());
        let mut size = 1.0;
        loop {
            let moved = from.iter().zip(&solving.step);
            self.weights = moved.map(|(w, s)| w + size * s).collect();
            if self.objective() <= before + 1e-4 * size * slope {
                return;
            }
            size /= 2.0;
            if size < SMALLEST_STEP {
                // As low as numbers of this precision can tell.
                self.weights = from;
                self.steps = MOST_STEPS;
                return;
            }
        }
    }

    /// Log-probabilities of the classes for a row of `rows`.
    pub fn log_probabilities(&self, rows: &Sparse, row: usize) -> Vec<f64> {
        let mut scores = self.products(rows, row, &self.weights);
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = scores.iter().map(|score| (score - most).exp()).sum();
        let all = most + sum.ln();
        scores.iter_mut().for_each(|score| *score -= all);
        scores
    }

    /// A row times a vector of weights, for each class.
    fn products(&self, rows: &Sparse, row: usize, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.classes];
        for (column, value) in rows.row(row) {
            let own = &weights[column * self.classes..][..self.classes];
            for (sum, weight) in sums.iter_mut().zip(own) {
                *sum += value * weight;
            }
        }
        sums
    }

    /// Two classes have one vector of weights in scikit-learn, the difference of the two here: its square is twice the
    /// sum of theirs.
    fn penalty(&self, place: usize) -> f64 {
        let weight = if self.classes == 2 { 2.0 } else { 1.0 };
        let is_intercept = place / self.classes == self.rows.width - 1;
        weight * if is_intercept { INTERCEPT_PENALTY } else { 1.0 }
    }

    fn penalised(&self, vector: &[f64]) -> Vec<f64> {
        let places = vector.iter().enumerate();
        places.map(|(place, v)| self.penalty(place) * v).collect()
    }

    fn objective(&self) -> f64 {
        let loss = |row: usize| -self.log_probabilities(&self.rows, row)[self.labels[row]];
        let losses: f64 = (0..self.rows.rows()).map(loss).sum();
        self.strength * losses + 0.5 * dot(&self.penalised(&self.weights), &self.weights)
    }

    fn gradient(&self) -> Vec<f64> {
        let mut gradient = self.penalised(&self.weights);
        for (row, label) in self.labels.iter().enumerate() {
            let mut error = self.probabilities[row * self.classes..][..self.classes].to_vec();
            error[*label] -= 1.0;
            self.add(row, &error, &mut gradient);
        }
        gradient
    }

    /// The Hessian times a vector.
    fn curvature(&self, vector: &[f64]) -> Vec<f64> {
        let mut product = self.penalised(vector);
        for row in 0..self.rows.rows() {
            let along = self.products(&self.rows, row, vector);
            let p = &self.probabilities[row * self.classes..][..self.classes];
            let mean = dot(p, &along);
            let curved = p.iter().zip(&along).map(|(p, a)| p * (a - mean));
            self.add(row, &curved.collect::<Vec<_>>(), &mut product);
        }
        product
    }

    /// Adds strength × the row, for each class as often as `by` has it.
    fn add(&self, row: usize, by: &[f64], sum: &mut [f64]) {
        for (column, value) in self.rows.row(row) {
            let own = &mut sum[column * self.classes..][..self.classes];
            for (sum, by) in own.iter_mut().zip(by) {
                *sum += self.strength * value * by;
            }
        }
    }
}

impl Solving {
    fn new(gradient: Vec<f64>, length: f64) -> Self {
        let residual: Vec<f64> = gradient.iter().map(|g| -g).collect();
        Self {
            step: vec![0.0; gradient.len()],
            direction: residual.clone(),
            residual,
            residual_squared: length * length,
            // Far from the end a rough step will do (Dembo & Steihaug 1983).
            tolerance: length.sqrt().min(0.1) * length,
            gradient,
            inner_steps: 0,
        }
    }

    fn is_done(&self) -> bool {
        self.residual_squared.sqrt() <= self.tolerance || self.inner_steps >= MOST_INNER_STEPS
    }

    /// `curved` is the Hessian times the direction.
    fn advance(&mut self, curved: &[f64]) {
        let length = self.residual_squared / dot(&self.direction, curved);
        for (i, curved) in curved.iter().enumerate() {
            self.step[i] += length * self.direction[i];
            self.residual[i] -= length * curved;
        }
        let squared = dot(&self.residual, &self.residual);
        let kept = squared / self.residual_squared;
        for (direction, residual) in self.direction.iter_mut().zip(&self.residual) {
            *direction = residual + kept * *direction;
        }
        self.residual_squared = squared;
        self.inner_steps += 1;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}
